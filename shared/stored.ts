import * as z from "zod";
import { UnreadableRecord } from "./errors.ts";
import { logger } from "./logger.ts";

/**
 * A word that another version of this code has written, later or earlier. It is kept and shown as it is; only the words
 * of this version can be written anew.
 */
export type OtherWord = string & z.$brand<"a word of another version">;
export type OpenWord<Word extends string> = Word | OtherWord;

/** A word out of a list that grows: rows and messages outlive the code that knows the list (ADR 1). */
export const openEnum = <Word extends string>() => z.custom<OpenWord<Word>>((value) => typeof value === "string");

interface Row {
  pk: string;
  sk: string;
}

// enough for the fields of any row; a list in it may have very many
const maxFaults = 10;

/** Which fields are at fault, by their places and zod's names of the faults: never what stands in them. */
export const faultsOf = ({ issues }: z.ZodError): string[] =>
  issues.slice(0, maxFaults).map(({ path, code }) => `${path.join(".")}: ${code}`);

/** What a row holds, or `part` of it. Throws `UnreadableRecord`. */
export const readRow = <S extends z.ZodType>(schema: S, row: Row, part: unknown = row): z.infer<S> => {
  const parsed = schema.safeParse(part);
  if (parsed.success) return parsed.data;
  throw new UnreadableRecord(row, faultsOf(parsed.error));
};

/** What a row holds, or undefined where it cannot be read: for whoever says so himself, in `otherwise` if need be. */
export const readableOrNot = <R extends Row, T>(
  row: R,
  read: (row: R) => T,
  otherwise: (error: UnreadableRecord) => void = () => undefined,
): T | undefined => {
  try {
    return read(row);
  } catch (error) {
    if (!(error instanceof UnreadableRecord)) throw error;
    otherwise(error);
    return undefined;
  }
};

/**
 * Those rows that can be read, for people to look at: one that cannot must not hide the others. It is logged, which
 * alarms. Not for whoever counts or sends: without the row that would go wrong in silence, so there it has to throw.
 */
export const readableOf = <R extends Row, T>(rows: R[], read: (row: R) => T): T[] =>
  rows.flatMap((row) => {
    const value = readableOrNot(row, read, ({ facts }) =>
      logger.error("a stored record cannot be read, a list goes without it", facts),
    );
    return value === undefined ? [] : [value];
  });
