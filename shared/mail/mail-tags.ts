import * as z from "zod";
import type { Mail } from "./mailer.ts";

type Identity = Pick<Mail, "partnerId" | "reference" | "attempt">;

// SES takes only these characters in a tag, and 256 of them
const maxLength = 256;
const encoded = (text: string) => Buffer.from(text, "utf8").toString("base64url");
const decoded = (text: string) => Buffer.from(text, "base64url").toString("utf8");

/**
 * The tags that a mail is sent with: SES's reports carry them, and may come before we know SES's own id of the mail. A
 * partner's id may hold characters that a tag may not.
 */
export const mailTags = ({ partnerId, reference, attempt }: Identity): Record<string, string> => {
  const partner = encoded(partnerId);
  const mail = encoded(reference);
  // without its tags nobody hears how it fared, with tags that are cut somebody else's mail would
  if (partner.length > maxLength || mail.length > maxLength) return {};
  return { partner, mail, attempt: String(attempt) };
};

const one = z.tuple([z.string()]).rest(z.string());
const reported = z.object({ partner: one, mail: one, attempt: one });

/** Which mail a report is about; undefined where it is none of ours. */
export const mailOfTags = (tags: unknown): Identity | undefined => {
  const parsed = reported.safeParse(tags);
  if (!parsed.success) return undefined;
  const { partner, mail, attempt } = parsed.data;
  return { partnerId: decoded(partner[0]), reference: decoded(mail[0]), attempt: Number(attempt[0]) };
};
