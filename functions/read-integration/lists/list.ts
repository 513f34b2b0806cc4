import type { Page } from "#shared/table/table";
import type { Room } from "#shared/wire";
import { fromCursor, keyAfter, type ListOf, toCursor } from "./cursor.ts";

/** A page of a list as it is answered. */
export interface List<T> {
  items: T[];
  nextCursor: string | null;
}

/** What every list is asked for. */
export interface ListQuery {
  partnerId: string;
  cursor?: string | undefined;
  room: Room;
}

// in the answer a page is a text, with a mark before each of its quotes, and as CSV each quote of a cell is two
const bytesOf = (item: unknown): number => Buffer.byteLength(JSON.stringify(JSON.stringify(item)));

/** A page that is filled until its room is used up, by at most one addition beyond its bytes. */
export const pageIn = <T>({ rows, bytes }: Room) => {
  const items: T[] = [];
  let used = 0;
  return {
    items,
    hasRoomFor: (more: number): boolean => items.length + more <= rows && used < bytes,
    add: (more: T[]): void => {
      items.push(...more);
      for (const item of more) used += bytesOf(item);
    },
  };
};

interface Rows<T> {
  list: ListOf;
  /** How the sort keys of the list's rows begin. */
  prefix: string;
  cursor: string | undefined;
  room: Room;
  read: (page: { after?: string; limit: number }) => Promise<Page<T>>;
}

/** One page of a list that has one item for each row. The table reads a megabyte at most at a time. */
export const listOf = async <T>({ list, prefix, cursor, room, read }: Rows<T>): Promise<List<T>> => {
  const after = fromCursor(list, keyAfter(prefix), cursor);
  const { items, next } = await read({ limit: room.rows, ...(after === undefined ? {} : { after }) });
  return { items, nextCursor: next === null ? null : toCursor(list, next) };
};
