import { deflateRawSync, inflateRawSync } from "node:zlib";
import * as z from "zod";
import { UnreadableRecord } from "../errors.ts";
import { readRow } from "../stored.ts";
import type { Item } from "./table.ts";

// Lines repeat within a few hundred bytes, so a window of 4 kB finds as much as one of 32 kB, and is set up in half the
// time.
const settings = { windowBits: 12, memLevel: 4 };

const columnsOf = "columns of";
const timesBy = "times by their distance";

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The names that every one of these has, in one order; undefined where they differ. */
const sharedNames = (list: unknown[]): string[] | undefined => {
  const first = list[0];
  if (!isRecord(first)) return undefined;
  const names = Object.keys(first);
  if (names.length === 0) return undefined;
  const isAlike = (value: unknown) =>
    isRecord(value) && Object.keys(value).length === names.length && names.every((name) => name in value);
  return list.every(isAlike) ? names : undefined;
};

const field = (record: unknown, name: string): unknown => (isRecord(record) ? record[name] : undefined);

// as `Date` writes it for all years that have four digits
const timeLength = "2026-01-01T00:00:00.000Z".length;
const minuteLength = "2026-01-01T00:00:".length;
const restOfMinute = /^[0-5]\d\.\d{3}Z$/;

/** Reads moments that are written like this, most of them in the same minute; undefined for anything else. */
const timeReader = () => {
  let minute = "\n";
  let minuteAt = 0;
  return (value: unknown): number | undefined => {
    if (typeof value !== "string" || value.length !== timeLength) return undefined;
    const rest = value.slice(minuteLength);
    if (!restOfMinute.test(rest)) return undefined;
    if (!value.startsWith(minute)) {
      const at = Date.parse(value);
      if (Number.isNaN(at) || new Date(at).toISOString() !== value) return undefined;
      minute = value.slice(0, minuteLength);
      minuteAt = at - Number(rest.slice(0, 2)) * 1000 - Number(rest.slice(3, 6));
    }
    return minuteAt + Number(rest.slice(0, 2)) * 1000 + Number(rest.slice(3, 6));
  };
};

/**
 * Moments as the milliseconds since the one before: calls of one chunk are some milliseconds apart, and their digits
 * would be a third of what a row takes. Undefined for a list that has something else in it.
 */
const toDistances = (list: unknown[]): (number | null)[] | undefined => {
  const read = timeReader();
  const distances: (number | null)[] = [];
  let before = 0;
  let times = 0;
  for (const value of list) {
    const at = value === null ? null : read(value);
    if (at === undefined) return undefined;
    distances.push(at === null ? null : at - before);
    before = at ?? before;
    times += Number(at !== null);
  }
  return times > 0 ? distances : undefined;
};

const fromDistances = (distances: unknown[]): unknown[] => {
  let at = 0;
  return distances.map((distance) => {
    if (typeof distance !== "number") return null;
    at += distance;
    return new Date(at).toISOString();
  });
};

/** Lists of records of one shape, as one list for each of their fields: like values side by side deflate far better. */
const toColumns = (value: unknown): unknown => {
  if (isRecord(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, toColumns(held)]));
  }
  if (!Array.isArray(value)) return value;
  const names = sharedNames(value);
  if (names === undefined) {
    const distances = toDistances(value);
    return distances ? { [timesBy]: distances } : value.map(toColumns);
  }
  return { [columnsOf]: names.map((name) => [name, toColumns(value.map((record) => field(record, name)))]) };
};

type Column = [name: string, values: unknown];
// what it holds is checked where it is read; a schema here would be half of the work of unpacking
const isColumns = (value: unknown): value is Column[] =>
  Array.isArray(value) && value.every((column) => Array.isArray(column) && typeof column[0] === "string");

const fromColumns = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(fromColumns);
  if (!isRecord(value)) return value;
  const distances = value[timesBy];
  if (Array.isArray(distances)) return fromDistances(distances);
  const stored = value[columnsOf];
  if (!isColumns(stored)) {
    return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, fromColumns(held)]));
  }
  const records: Record<string, unknown>[] = [];
  for (const [name, held] of stored) {
    const values = fromColumns(held);
    if (!Array.isArray(values)) throw new Error("A packed list is damaged");
    for (const [at, entry] of values.entries()) {
      records[at] ??= {};
      records[at][name] = entry;
    }
  }
  return records;
};

// With its keys, such a row takes one write unit, deflated or not; deflating is most of the work of writing and reading
// it.
const shortBytes = 600;

/**
 * Lists of lines are stored by column and, unless short, deflated: ids and names repeat, so a chunk of 64 lines takes
 * one or two write units instead of 10 to 19 (ADR 4).
 */
export const pack = (value: unknown): string | Uint8Array<ArrayBuffer> => {
  const text = JSON.stringify(toColumns(value));
  return Buffer.byteLength(text) <= shortBytes ? text : deflateRawSync(Buffer.from(text, "utf8"), settings);
};

/** As `pack` writes it. */
export const packed = z.union([z.string(), z.instanceof(Uint8Array)]);

/** What a row holds packed, or those records of its list that are `wanted`. Throws `UnreadableRecord`. */
export const readPacked = <S extends z.ZodType>(
  schema: S,
  row: Item,
  wanted?: (record: unknown) => boolean,
): z.infer<S> => {
  let content: unknown;
  try {
    content = unpack(row.packed);
    if (wanted && Array.isArray(content)) content = content.filter(wanted);
  } catch {
    // the failure's text may quote what is stored
    throw new UnreadableRecord(row, ["packed: damaged"]);
  }
  return readRow(schema, row, content);
};

export const unpack = (value: unknown): unknown => {
  const held = packed.parse(value);
  return fromColumns(JSON.parse(typeof held === "string" ? held : inflateRawSync(held).toString("utf8")));
};
