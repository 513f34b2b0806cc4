import { isUnheard } from "#shared/mail/mail-states";
import { findOwnerMail, fromMailItem, mailsDue, type OwnerMail, ownerMailWrite } from "#shared/mail/owner-mail";
import { owe } from "#shared/outbox/outbox";
import type { Changing } from "#shared/table/changing";
import { handleDueRows } from "#shared/table/due-items";
import { retryOnConflict } from "#shared/table/table";

// what is late again after that has met trouble that lasts
const againAfterMs = 60 * 60_000;

/**
 * Owes every mail again whose moment has come: its message was lost or given up, the day's limit is over, or what stood
 * in its way is worth another try.
 */
export const oweLateMails =
  ({ table, now, newId }: Changing) =>
  async ({ hasTime }: { hasTime: () => boolean }): Promise<number> => {
    const time = now();
    const at = time.toISOString();
    const later = new Date(time.getTime() + againAfterMs).toISOString();
    let count = 0;

    const again = (mail: OwnerMail) => [
      ownerMailWrite({ ...mail, retryAt: later }),
      owe({ kind: "send-owner-mail" as const, partnerId: mail.partnerId, mailId: mail.id }, { id: newId(), at }),
    ];
    await handleDueRows({ table, ...mailsDue, until: time, hasTime }, async (row) => {
      let read: OwnerMail | undefined = fromMailItem(row);
      const { partnerId, id } = read;
      await retryOnConflict(async () => {
        const mail = read ?? (await findOwnerMail(table, partnerId, id));
        read = undefined;
        if (!mail || mail.retryAt === null || mail.retryAt > at) return;
        const isDone = !isUnheard(mail) || mail.joinedTo !== null;
        await table.transact(isDone ? [ownerMailWrite({ ...mail, retryAt: null })] : again(mail));
        count += Number(!isDone);
      });
    });
    return count;
  };
