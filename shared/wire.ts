import * as z from "zod";

/** A word out of a list that may grow: whoever reads it has to bear one that is not known yet. */
export const wordOf = <const Words extends readonly string[]>(...words: Words) => z.union([z.enum(words), z.string()]);

/** One page of a list. `nextCursor` leads to the next one, null after the last. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });

/** How much a page of a list may hold. */
export interface Room {
  rows: number;
  bytes: number;
}

/** Why a batch refuses a record. */
export const batchCodes = [
  "customer.invalid",
  "customer.unknown",
  "customer.removed",
  "service.unknown",
  "usage.invalid",
  "usage.from-future",
  "usage.before-removal",
  "measurement.ambiguous",
  "record.unreadable",
] as const;

/** What became of a batch: good records are stored, bad ones are named by their places in it. */
export const batchReply = z
  .strictObject({
    accepted: z.int().min(0),
    rejected: z.array(z.strictObject({ index: z.int().min(0), code: wordOf(...batchCodes), detail: z.string() })),
  })
  .meta({
    id: "BatchResult",
    description: "Good records are stored, bad ones are named by their places in the batch",
    examples: [
      {
        accepted: 2,
        rejected: [
          {
            index: 1,
            code: "customer.unknown",
            detail: "customerId: There is no such customer. Tell of the customer first, then send the count again.",
          },
        ],
      },
    ],
  });

/** The body of a call that has nothing to say. */
export const noBody = z.strictObject({}).optional();
