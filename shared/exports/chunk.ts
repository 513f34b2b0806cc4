import * as z from "zod";
import { type OpenWord, readableOf, readRow } from "../stored.ts";
import { pack, readPacked } from "../table/packed.ts";
import { allItems, type Item, type Key, type Page, type RowWrite, type Table, versioned } from "../table/table.ts";
import { line, type Receipt, receipt } from "./line.ts";
import { retentionOf, type StopReason, type UsageExport } from "./usage-export.ts";
import { receiptWithoutWorker, stopVerdict } from "./verdicts.ts";

/** A number that is about to be sent for a line, by the line's place in the chunk. */
const intent = z.object({ at: z.int(), unitCount: z.int() });
export type Intent = z.infer<typeof intent>;

/** By the lines' places, null where nothing goes out: most lines have a number, and the places take as much again. */
const toNumbers = (intents: Intent[]): (number | null)[] => {
  const numbers: (number | null)[] = [];
  for (const { at, unitCount } of intents) numbers[at] = unitCount;
  return Array.from(numbers, (number) => number ?? null);
};
const fromNumbers = (numbers: (number | null)[]): Intent[] =>
  numbers.flatMap((unitCount, at) => (unitCount === null ? [] : [{ at, unitCount }]));

const content = z.discriminatedUnion("state", [
  z.object({ state: z.literal("planned"), lines: z.array(line) }),
  /** Some of `intents` may be under way: whoever finds a chunk in this state cannot know which of them landed. */
  z.object({
    state: z.literal("sending"),
    lines: z.array(line),
    // rows of before name the places
    intents: z.union([z.array(intent), z.array(z.int().nullable()).transform(fromNumbers)]),
  }),
  z.object({ state: z.literal("done"), receipts: z.array(receipt) }),
]);
export type ChunkContent = z.infer<typeof content>;

/**
 * A second's worth at the usual rate. Fewer lines a chunk would cost more writes; more would wait longer for their
 * receipts.
 */
export const maxLinesPerChunk = 95;

/**
 * So many of the last chunks have Gradient rebuild its views with each call. One second's worth at least, so that the
 * answers to those before have come when the last call goes out: the last chunk alone may be a line.
 */
export const closingChunks = 2;

/** Some lines of a run, all from one row of the ledger: what is sent, and written down, together. */
export interface Chunk {
  partnerId: string;
  exportId: string;
  number: number;
  /** The row of the ledger that its lines' accepted counts are in. */
  bucket: number;
  content: ChunkContent;
  /**
   * How many chunks come after it until the end of the run, or of those lines that go out before others which Gradient
   * may refuse (`closingChunks`). Known of the last ones only.
   */
  toEnd?: number | undefined;
  /** Of the export; the chunk is kept as long. */
  createdAt: string;
  version: number;
}

const stored = z.object({
  bucket: z.int(),
  toEnd: z.int().optional(),
  createdAt: z.string(),
  version: z.number(),
});

export const chunkPk = (partnerId: string, exportId: string): string => `export#${partnerId}#${exportId}`;
// five digits keep text order and number order the same for up to six million lines
/** What the keys of a run's chunks begin with. */
export const chunkPrefix = "chunk#";

export const chunkSk = (number: number): string => `${chunkPrefix}${String(number).padStart(5, "0")}`;

export const chunkKey = (partnerId: string, exportId: string, number: number): Key => ({
  pk: chunkPk(partnerId, exportId),
  sk: chunkSk(number),
});

/** Whose chunk it is says its key, and the row no second time: above a kilobyte each write costs two units. */
export const toChunkItem = ({ content: value, partnerId, exportId, number, ...chunk }: Chunk): Item => ({
  ...chunk,
  ...chunkKey(partnerId, exportId, number),
  packed: pack(value.state === "sending" ? { ...value, intents: toNumbers(value.intents) } : value),
  expiresAt: retentionOf({ id: exportId, createdAt: chunk.createdAt }),
});

const placeOf = ({ pk, sk }: Key): Pick<Chunk, "partnerId" | "exportId" | "number"> => {
  const end = pk.lastIndexOf("#");
  return {
    partnerId: pk.slice(pk.indexOf("#") + 1, end),
    exportId: pk.slice(end + 1),
    number: Number(sk.slice(sk.indexOf("#") + 1)),
  };
};

const fromItem = (item: Item): Chunk => ({
  ...placeOf(item),
  ...readRow(stored, item),
  content: readPacked(content, item),
});

export const chunkWrite = (chunk: Chunk): RowWrite => versioned(toChunkItem(chunk));

export const findChunk = async (
  table: Pick<Table, "get">,
  partnerId: string,
  exportId: string,
  number: number,
): Promise<Chunk | undefined> => {
  const item = await table.get(chunkKey(partnerId, exportId, number));
  return item && fromItem(item);
};

/** Some chunks to look at, in order, starting after the chunk `after`; without those that cannot be read. */
export const listChunks = async (
  table: Pick<Table, "query">,
  partnerId: string,
  exportId: string,
  page: { after?: string; limit: number },
): Promise<Page<Chunk>> => {
  const { items, next } = await table.query({ pk: chunkPk(partnerId, exportId), prefix: chunkPrefix, ...page });
  return { items: readableOf(items, fromItem), next };
};

// some 60 kB; they are unpacked one at a time
const rowsAtOnce = 50;

/** The receipts of a chunk of an export that is over: of lines that nobody came to, too. */
export const receiptsIn = ({ content }: Chunk, stop: OpenWord<StopReason> | null): Receipt[] =>
  content.state === "done"
    ? content.receipts
    : content.lines.map((line) => receiptWithoutWorker(line, stopVerdict(stop ?? "stalled"), undefined));

/**
 * The receipts of an export that is over, chunk by chunk. Behind its last chunk there may be some that an attempt to
 * plan has left when it died: their lines are none of the export's.
 */
export async function* receiptsOf(
  table: Pick<Table, "query">,
  { partnerId, id, chunks, allChunks, stop }: UsageExport,
): AsyncGenerator<Receipt[]> {
  const query = { pk: chunkPk(partnerId, id), prefix: chunkPrefix, limit: rowsAtOnce };
  for await (const item of allItems(table, query)) {
    const chunk = fromItem(item);
    if (chunk.number >= (allChunks ?? chunks ?? 0)) return;
    yield receiptsIn(chunk, stop);
  }
}
