import type { Page } from "#shared/table/table";
import { fromCursor, keyAfter, toCursor } from "./cursor.ts";

/** A page of a list as it is answered. */
export interface List<T> {
  items: T[];
  nextCursor: string | null;
}

export const pageSize = 200;

interface Rows<T> {
  /** How the sort keys of the list's rows begin. */
  prefix: string;
  cursor: string | undefined;
  read: (page: { after?: string; limit: number }) => Promise<Page<T>>;
}

/** One page of a list that has one item for each row. */
export const listOf = async <T>({ prefix, cursor, read }: Rows<T>): Promise<List<T>> => {
  const after = fromCursor(keyAfter(prefix), cursor);
  const { items, next } = await read({ limit: pageSize, ...(after === undefined ? {} : { after }) });
  return { items, nextCursor: next === null ? null : toCursor(next) };
};
