import * as z from "zod";
import { callJson } from "#local/sample/call-json";

const email = z.object({
  from: z.string(),
  destination: z.object({ to: z.array(z.string()) }),
  subject: z.string(),
  body: z.object({ text: z.string().optional() }),
});
export type Email = z.infer<typeof email>;

/** The mail that the local system sent, oldest first. */
export const mailboxClient = (mailbox: string) => ({
  readMail: async (): Promise<Email[]> =>
    (await callJson({ url: `${mailbox}/store`, answer: z.object({ emails: z.array(email) }) })).emails,
});
export type MailboxClient = ReturnType<typeof mailboxClient>;
