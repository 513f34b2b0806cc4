import { readRow } from "../stored.ts";
import { type MailFacts, mailFacts } from "./mail-facts.ts";
import { mailKey, type OwnerMail } from "./owner-mail.ts";

/**
 * What the mail is to say. Throws `UnreadableRecord` for facts of a kind that only another version can put into words.
 */
export const factsOf = ({ partnerId, id }: OwnerMail, facts: OwnerMail["facts"]): MailFacts =>
  readRow(mailFacts, mailKey(partnerId, id), facts);
