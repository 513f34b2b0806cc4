import { hash } from "node:crypto";
import * as z from "zod";
import { instant } from "../identifier.ts";
import { partnerPk } from "../partners/partner.ts";
import { openEnum, readableOf, readRow } from "../stored.ts";
import { pack, packed, readPacked } from "../table/packed.ts";
import { allItems, type Item, type Key, type RowWrite, type Table, versioned } from "../table/table.ts";
import { doubt, hasUnits } from "./doubt.ts";
import type { LineOutcome } from "./outcome.ts";

/** What is known of one line across all runs. */
const ledgerEntry = z.object({
  customerId: z.string(),
  serviceId: z.string(),
  /**
   * The number that Gradient accepted last, when, and the floor of proof that its run had read
   * (`Integration.proofGen`).
   */
  accepted: z.object({ unitCount: z.int(), at: instant, gen: z.int().default(0) }).nullable(),
  doubt: doubt.nullable(),
  /** Why the service still owes the line to Gradient, without anybody's asking; null where it does not. */
  owed: openEnum<"no-answer" | "throttled" | "fenced" | "stopped" | "untried">().nullable().default(null),
  /** Its last call that was not refused; `missing`: which half is not mapped, where Gradient's 404 has named one. */
  last: z.object({
    outcome: openEnum<LineOutcome>(),
    at: instant,
    missing: openEnum<"account" | "service">().optional(),
    /** Gradient refused a call since (401, 403), and may refuse this line alone: other lines are sent before it. */
    refusedAt: instant.optional(),
    /** Since when Gradient has taken no call of it, where it may have ended a run; means nothing where it has not. */
    troubledAt: instant.optional(),
  }),
});
export type LedgerEntry = z.infer<typeof ledgerEntry>;
const ledgerEntries = z.array(ledgerEntry);

/** As `last.at` of a line that was never called. */
export const neverCalled = new Date(0).toISOString();

/** When the line was called last, whatever came of it. */
export const calledAt = (entry: LedgerEntry | undefined): string =>
  entry ? (entry.last.refusedAt ?? entry.last.at) : neverCalled;

/** Gradient holds, or may come to hold, something other than zero for the line. */
export const holdsUnits = ({ accepted, doubt: open }: Pick<Held, "accepted" | "doubt">): boolean =>
  hasUnits(accepted) || open !== null;

/**
 * Whether Gradient surely holds this number: it was accepted above the floor of proof, nothing else was sent since
 * without an answer, and the line was mapped when it was sent last. After a 404 the mapping may be another one, which
 * holds nothing yet.
 */
export const surelyHolds = (entry: LedgerEntry | undefined, unitCount: number, proofGen: number): boolean =>
  entry !== undefined &&
  entry.doubt === null &&
  entry.owed === null &&
  entry.accepted !== null &&
  entry.accepted.gen >= proofGen &&
  entry.accepted.unitCount === unitCount &&
  entry.last.outcome === "accepted";

/**
 * One row of a partner's ledger: all lines of those customers whose id hashes to `number`. A row per customer would
 * cost a write for every four or five lines.
 */
export interface Bucket {
  partnerId: string;
  bits: number;
  number: number;
  /** The connection that the counts were accepted on; on another one Gradient knows nothing of them. */
  connectionId: string;
  entries: Map<string, LedgerEntry>;
  /**
   * The same of the connections before, the latest first: while the partner's old key is good it may come back to one,
   * whose counts Gradient still bills. Not read as long as it does not.
   */
  elsewhere?: Elsewhere[] | undefined;
  version: number;
}

const elsewhereOn = z.object({ connectionId: z.string(), packed });
type Elsewhere = z.infer<typeof elsewhereOn>;
// each may make the row larger by its size
const formerConnections = 2;

const stored = z.object({
  partnerId: z.string(),
  bits: z.int(),
  number: z.int(),
  connectionId: z.string(),
  elsewhere: z.array(elsewhereOn).optional(),
  version: z.number(),
});

export const lineKey = ({ customerId, serviceId }: { customerId: string; serviceId: string }): string =>
  `${customerId}\u0000${serviceId}`;

/** The row for a customer among 2^bits. */
export const bucketOf = (customerId: string, bits: number): number =>
  hash("sha256", customerId, "buffer").readUInt16BE(0) >> (16 - bits);

// 40 to 80 lines a row on average, so that few rows have more than one chunk: every chunk, however small, costs five
// writes
const linesPerBucket = 80;

/** How many bits give rows of a good size for so many lines; never fewer than there are. */
export const bitsFor = (lines: number, current: number): number =>
  Math.min(16, Math.max(current, Math.ceil(Math.log2(Math.max(1, lines / linesPerBucket)))));

const rowPrefix = (bits: number): string => `ledger#${String(bits).padStart(2, "0")}#`;

const bucketKey = ({ partnerId, bits, number }: Pick<Bucket, "partnerId" | "bits" | "number">): Key => ({
  pk: partnerPk(partnerId),
  sk: `${rowPrefix(bits)}${String(number).padStart(5, "0")}`,
});

/** A row as it is on this connection, and so written next: what it holds of another one is kept for its return. */
const turnedTo = (item: Item, connectionId: string): Item => {
  const { connectionId: current, elsewhere = [] } = readRow(stored, item);
  if (current === connectionId) return item;
  const its = elsewhere.find((one) => one.connectionId === connectionId);
  const others = elsewhere.filter((one) => one !== its);
  const kept = [{ connectionId: current, packed: item.packed }, ...others].slice(0, formerConnections);
  return { ...item, connectionId, packed: its?.packed ?? pack([]), elsewhere: kept };
};

/** `connectionId` null: as it was written last. */
const fromItem = (item: Item, connectionId: string | null): Bucket => {
  const row = connectionId === null ? item : turnedTo(item, connectionId);
  const entries = readPacked(ledgerEntries, row);
  return { ...readRow(stored, row), entries: new Map(entries.map((entry) => [lineKey(entry), entry])) };
};

/** What a row holds of connections before, to be parted; without what cannot be read. */
export const entriesElsewhere = (bucket: Bucket): { connectionId: string; entries: LedgerEntry[] }[] => {
  const rows = (bucket.elsewhere ?? []).map((held) => ({ ...held, ...bucketKey(bucket), version: bucket.version }));
  return readableOf(rows, (row) => ({ connectionId: row.connectionId, entries: readPacked(ledgerEntries, row) }));
};

export const bucketWrite = ({ entries, ...bucket }: Bucket): RowWrite =>
  versioned({ ...bucket, ...bucketKey(bucket), packed: pack([...entries.values()]) });

export const readBucket = async (
  table: Pick<Table, "get">,
  place: Pick<Bucket, "partnerId" | "bits" | "number">,
  connectionId: string,
): Promise<Bucket> => {
  const item = await table.get(bucketKey(place));
  if (item === undefined) return { ...place, connectionId, entries: new Map(), version: 0 };
  return fromItem(item, connectionId);
};

const isOf = (customerIds: ReadonlySet<string>) => (entry: unknown) =>
  typeof entry === "object" && entry !== null && customerIds.has(String(Reflect.get(entry, "customerId")));

/**
 * What the ledger says of the lines of some customers, by line: for whoever only looks at them. Their rows hold many
 * times as many lines of others, which are left alone.
 */
export const entriesOf = async (
  table: Pick<Table, "getMany">,
  { partnerId, bits, connectionId }: Ledger,
  customerIds: readonly string[],
): Promise<Map<string, LedgerEntry>> => {
  const wanted = new Set(customerIds);
  const numbers = [...new Set(customerIds.map((id) => bucketOf(id, bits)))];
  const rows = await table.getMany(numbers.map((number) => bucketKey({ partnerId, bits, number })));
  const entries = rows.flatMap((row) => readPacked(ledgerEntries, turnedTo(row, connectionId), isOf(wanted)));
  return new Map(entries.map((entry) => [lineKey(entry), entry]));
};

// some 50 kB: a page of DynamoDB's own size, unpacked, would be most of a worker's memory
const rowsAtOnce = 25;

export type Ledger = Pick<Bucket, "partnerId" | "bits" | "connectionId">;
/** `connectionId` null: rows of every connection that the partner ever had, for whoever only looks at them. */
export type AnyLedger = Omit<Ledger, "connectionId"> & { connectionId: string | null };

const ledgerItems = (table: Pick<Table, "query">, { partnerId, bits }: AnyLedger, limit: number) =>
  allItems(table, { pk: partnerPk(partnerId), prefix: rowPrefix(bits), limit });

/** A partner's rows as they are on this connection, one after the other. */
export async function* ledgerRows(table: Pick<Table, "query">, ledger: AnyLedger): AsyncGenerator<Bucket> {
  for await (const item of ledgerItems(table, ledger, rowsAtOnce)) yield fromItem(item, ledger.connectionId);
}

const heldLine = z.object({
  customerId: z.string(),
  accepted: z.object({ unitCount: z.int(), at: z.string() }).nullable(),
  doubt: doubt.nullable(),
});
export type Held = z.infer<typeof heldLine>;
const heldLines = z.array(heldLine);
// a person waits for it, and the functions have the memory of a whole core
const heldRowsAtOnce = 250;

/**
 * What Gradient holds of each line, or may hold, row by row, and nothing else of the ledger: of 100,000 lines, to read
 * all is two thirds of the work.
 */
export async function* heldRows(table: Pick<Table, "query">, ledger: Ledger): AsyncGenerator<Held[]> {
  for await (const item of ledgerItems(table, ledger, heldRowsAtOnce))
    yield readPacked(heldLines, turnedTo(item, ledger.connectionId));
}

/** Every entry of a partner on this connection. */
export const readLedger = async (table: Pick<Table, "query">, ledger: AnyLedger): Promise<Map<string, LedgerEntry>> => {
  const entries = new Map<string, LedgerEntry>();
  for await (const bucket of ledgerRows(table, ledger)) {
    for (const [key, entry] of bucket.entries) entries.set(key, entry);
  }
  return entries;
};
