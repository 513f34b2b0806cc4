/** What a mail says, in the two forms that a mail program chooses from. */
export interface MailContent {
  subject: string;
  html: string;
  text: string;
}

export interface Mail extends MailContent {
  to: { name: string; email: string };
  /** What the mail is about, to find it again in the sender's statistics. No personal data. */
  reference: string;
}

export interface Mailer {
  /**
   * Hands the mail over for delivery. Throws `mail.refused` (upstream) when the mail itself is not taken, and
   * `mail.unavailable` (unavailable) when a later try may succeed, and an `InfrastructureFault` when somebody has to
   * see to it. Knows no repetition: who calls twice sends twice.
   */
  send(mail: Mail): Promise<{ messageId: string }>;
}
