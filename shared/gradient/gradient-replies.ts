import * as z from "zod";

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
    organizationId: z.string(),
    name: z.string(),
    integrationId: z.string(),
    status: z.string(),
    lastSyncedAt,
  }),
);

export const vendorReply = enveloped(z.object({ skus: z.array(z.object({ id: z.string(), name: z.string() })) }));

const account = z.object({
  id: z.string(),
  name: z.string().nullish(),
  // only the newer specification has it; null says as little as absence
  isMapped: z.boolean().nullish(),
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
