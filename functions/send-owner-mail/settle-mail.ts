import type { ProblemCode } from "#shared/integrations/integration";
import { problemChanges } from "#shared/integrations/problem-changes";
import { type Mailbox, mailboxFor, mailboxWrite, type Saying, withSaid } from "#shared/mail/mailbox";
import { findOwnerMail, mailKey, type OwnerMail } from "#shared/mail/owner-mail";
import { beingSent, mailWrites } from "#shared/mail/waiting-mail";
import { retryOnConflict, type Table, type Write } from "#shared/table/table";

interface Dependencies {
  table: Pick<Table, "get" | "transact">;
  now: () => Date;
}

export interface Change {
  mail: OwnerMail;
  box: Mailbox;
  shown?: ProblemCode[];
  over?: ProblemCode[];
  /** What it rests on. */
  still?: Write;
}

type Changing = (current: { mail: OwnerMail; box: Mailbox; at: string }) => Change | Promise<Change>;

/** Writes down what became of a mail, with its box and the problems on the partner's page, all or nothing. */
export const settleMail =
  ({ table, now }: Dependencies) =>
  (as: OwnerMail, change: Changing): Promise<OwnerMail> =>
    retryOnConflict(async () => {
      const current = await findOwnerMail(table, as.partnerId, as.id);
      // a report of SES may have come while SES was asked; another worker's claim may not
      if (!current || current.sendingUntil !== as.sendingUntil) throw beingSent();
      const at = now().toISOString();
      const boxBefore = await mailboxFor(table, current);
      const { mail, box, shown, over, still } = await change({ mail: current, box: boxBefore, at });
      const problems = await problemChanges(table, mail.partnerId, {
        at,
        ...(shown === undefined ? {} : { shown }),
        ...(over === undefined ? {} : { over }),
      });
      const writes = await mailWrites(table, boxBefore, { mail, box, at });
      await table.transact([...writes, ...problems, ...(still ? [still] : [])]);
      return { ...mail, version: mail.version + 1 };
    });

/**
 * Forgets a mail that need not be sent. `said`: what its reader is taken to know from now on; `over`: what has stood in
 * its way, and does no more.
 */
export const dropMail =
  ({ table, now }: Dependencies) =>
  async (as: OwnerMail, box: Mailbox, { said, over }: { said: Saying | null; over: ProblemCode[] }): Promise<void> =>
    table.transact([
      { delete: mailKey(as.partnerId, as.id), expect: as.version },
      ...(said === null
        ? []
        : [mailboxWrite({ ...withSaid(box, said), waiting: box.waiting === as.id ? null : box.waiting })]),
      ...(await problemChanges(table, as.partnerId, { over, at: now().toISOString() })),
    ]);
