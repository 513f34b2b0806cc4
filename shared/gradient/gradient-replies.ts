import * as z from "zod";

// half a character, which the table refuses, is put right at this one door
const text = z.string().transform((given) => given.toWellFormed());

const envelope = z.object({ data: z.union([z.looseObject({}), z.array(z.unknown())]) });

/** Gradient wraps some replies in `{ status, message, data }` and leaves others bare; where is not dependable. */
const enveloped = <S extends z.ZodType>(schema: S) =>
  z.preprocess((reply) => {
    const wrapped = envelope.safeParse(reply);
    return wrapped.success ? wrapped.data.data : reply;
  }, schema);

/** A date in 1900 (1899 in some zone's eyes) stands for "never". */
const lastSyncedAt = z
  .string()
  .nullish()
  .transform((text) => {
    const time = new Date(text ?? Number.NaN);
    return Number.isNaN(time.getTime()) || time.getUTCFullYear() <= 1900 ? null : time.toISOString();
  });

export const connectionReply = enveloped(
  z.object({
    organizationId: text,
    name: text,
    integrationId: text,
    status: text,
    lastSyncedAt,
  }),
);

// a number as an id is as good as its text in an address
const sku = z
  .object({ id: z.union([text, z.int().transform(String)]).catch(""), name: text.catch("") })
  .catch({ id: "", name: "" });

/**
 * A service without a readable id, or name, has an empty one, and keeps no other out. A list with none that can be read
 * is another shape.
 */
export const vendorReply = enveloped(
  z.object({
    skus: z
      .array(z.unknown())
      .transform((all) => all.map((one) => sku.parse(one)))
      .refine((skus) => skus.length === 0 || skus.some(({ id, name }) => id !== "" && name !== "")),
  }),
);

const account = z.object({
  id: text,
  // only the id decides which account it is: one that passed for gone would have all counts sent again
  name: text.nullish().catch(null),
  // only the newer specification has it; null says as little as absence, and so does any other word
  isMapped: z.boolean().nullish().catch(null),
});

/**
 * One account that cannot be read keeps no other out. But a list with none that can be is another shape, and not an
 * empty list: that would say that all accounts are gone.
 */
export const accountsReply = enveloped(
  z
    .array(z.unknown())
    .transform((all) => {
      const accounts = all.flatMap((one) => account.safeParse(one).data ?? []);
      return { accounts, unreadable: all.length - accounts.length };
    })
    .refine(({ accounts, unreadable }) => accounts.length > 0 || unreadable === 0),
);

/** The body of a refusal: a text, or a list of texts for a failed validation. */
export const refusalReply = z.object({ message: z.union([z.string(), z.array(z.string())]) });
