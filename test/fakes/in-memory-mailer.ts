import type { Mail, Mailer } from "#shared/mail/mailer";

export interface InMemoryMailer extends Mailer {
  /** What was handed over, oldest first. */
  readonly sent: (Mail & { messageId: string })[];
  /** The next sending throws this; nothing is sent by it unless `lands` says that only the answer was lost. */
  failNext(error: Error, options?: { lands?: boolean }): void;
}

export const inMemoryMailer = (): InMemoryMailer => {
  const sent: (Mail & { messageId: string })[] = [];
  const failures: { error: Error; lands: boolean }[] = [];
  return {
    sent,
    failNext: (error, { lands = false } = {}) => {
      failures.push({ error, lands });
    },
    send: async (mail) => {
      const failure = failures.shift();
      const messageId = `message-${sent.length + 1}`;
      if (failure === undefined || failure.lands) sent.push({ ...mail, messageId });
      if (failure !== undefined) throw failure.error;
      return { messageId };
    },
  };
};
