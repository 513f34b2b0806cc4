import * as z from "zod";
import { instant } from "../identifier.ts";
import { partnerPk } from "../partners/partner.ts";
import { openEnum, readRow } from "../stored.ts";
import { type Item, type Key, type RowWrite, type Table, versioned } from "../table/table.ts";

const agreementConfirmed = z.object({
  kind: z.literal("agreement-confirmed"),
  version: z.string(),
  sha256: z.string(),
  confirmedAt: instant,
  confirmedByName: z.string(),
  confirmedByEmail: z.string(),
  address: z.string(),
});
const tokenRejected = z.object({ kind: z.literal("token-rejected"), rejectedAt: instant });
const backToNormal = z.object({ kind: z.literal("back-to-normal"), refusedSince: instant, resumedAt: instant });
const mailFacts = z.discriminatedUnion("kind", [agreementConfirmed, tokenRejected, backToNormal]);
const otherFacts = z.looseObject({ kind: openEnum<never>() });

/**
 * One e-mail that the organization's owner is owed, and how far it got. It holds facts; whom it goes to is read from
 * the feed's record when it is sent.
 */
const ownerMail = z.object({
  partnerId: z.string(),
  id: z.string(),
  facts: z.union([mailFacts, otherFacts]),
  status: openEnum<"queued" | "sent" | "delivered" | "bounced" | "complained" | "failed">(),
  /** When it reached this status. */
  at: instant,
  messageId: z.string().nullable(),
  /** Until then one worker alone may hand it over to SES, which would send it twice. */
  sendingUntil: instant.optional(),
  version: z.number(),
});
export type OwnerMail = z.infer<typeof ownerMail>;

const mailKey = (partnerId: string, id: string): Key => ({ pk: partnerPk(partnerId), sk: `mail#${id}` });
const toItem = (mail: OwnerMail): Item => ({ ...mail, ...mailKey(mail.partnerId, mail.id) });

export const ownerMailWrite = (mail: OwnerMail): RowWrite => versioned(toItem(mail));

export const findOwnerMail = async (
  table: Pick<Table, "get">,
  partnerId: string,
  id: string,
): Promise<OwnerMail | undefined> => {
  const item = await table.get(mailKey(partnerId, id));
  return item && readRow(ownerMail, item);
};

/**
 * What the mail is to say. Throws `UnreadableRecord` for facts of a kind that only another version can put into words.
 */
export const factsOf = ({ partnerId, id, facts }: OwnerMail): z.infer<typeof mailFacts> =>
  readRow(mailFacts, mailKey(partnerId, id), facts);
