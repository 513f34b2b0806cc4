/** What a mail says, in the two forms that a mail program chooses from. */
export interface MailContent {
  subject: string;
  html: string;
  text: string;
}

export interface Mail extends MailContent {
  to: { name: string; email: string };
  /** Whose mail it is, which one, and which try: what SES reports is found by these. No personal data. */
  partnerId: string;
  reference: string;
  attempt: number;
}

export interface Mailer {
  /**
   * Hands the mail over for delivery. Throws `mail.refused` (upstream) when the address is not taken,
   * `mail.unavailable` (unavailable) when a later try may succeed: then the mail may have been taken all the same. An
   * `InfrastructureFault` is about us, and somebody has to see to it. Knows no repetition: who calls twice sends twice.
   */
  send(mail: Mail): Promise<{ messageId: string }>;
}
