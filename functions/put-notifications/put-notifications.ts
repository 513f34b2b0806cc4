import { type Actor, eventWrite } from "#shared/events/event";
import { findIntegration, type Integration, integrationWrite, withoutProblem } from "#shared/integrations/integration";
import { areReached, isSameMailbox, mailKeptFrom } from "#shared/integrations/recipients";
import type { Notifications } from "#shared/integrations/record/notifications";
import { wrongStep } from "#shared/integrations/wrong-step";
import { personFacts } from "#shared/mail/mail-facts";
import { oweMail } from "#shared/mail/owe-mail";
import { requeued } from "#shared/mail/requeue-mail";
import type { Changing } from "#shared/table/changing";
import { retryOnConflict, written } from "#shared/table/table";

export interface NotificationsChange {
  partnerId: string;
  notifications: Notifications;
  by: Actor;
}

const plain = ({ recipients, onSuccess }: Notifications): string =>
  `${recipients.join(", ") || "nobody"}; ${onSuccess ? "good results, too" : "bad results only"}`;

/**
 * Sets who hears of results beside the owner. The owner is told of a new recipient, who gets to read customers' names.
 */
export const putNotifications =
  ({ table, now, newId }: Changing) =>
  ({ partnerId, notifications, by }: NotificationsChange): Promise<Integration> =>
    retryOnConflict(async () => {
      const before = await findIntegration(table, partnerId);
      if (!before || before.state === "disconnected") throw wrongStep(before?.state ?? "not-started");
      const [was, is] = [plain(before.notifications), plain(notifications)];
      if (was === is) return before;
      const at = now().toISOString();
      const missingIn = (some: string[], others: string[]) =>
        some.filter((address) => !others.some((one) => isSameMailbox(one, address)));
      const added = missingIn(notifications.recipients, before.notifications.recipients);
      const removed = missingIn(before.notifications.recipients, notifications.recipients);
      // whoever is named anew is tried anew; an address that did not take a mail before stays a problem
      const kept = await Promise.all(added.map((address) => mailKeptFrom(table, partnerId, address)));
      const isOver = await areReached(table, partnerId, missingIn(notifications.recipients, added));
      const updated = withoutProblem(
        { ...before, notifications },
        ...(isOver ? ["recipient.unreachable" as const] : []),
      );
      await table.transact([
        integrationWrite(updated),
        eventWrite({
          id: newId(),
          partnerId,
          type: "notifications.changed",
          at,
          details: { before: was, after: is },
          ...by,
        }),
        ...kept.flatMap((mail) => (mail && mail !== "unreadable" ? requeued(mail, { at, newId }) : [])),
        ...(added.length === 0
          ? []
          : oweMail(
              {
                partnerId,
                mailId: `recipients-changed-${newId()}`,
                facts: {
                  kind: "recipients-changed",
                  changedAt: at,
                  by: personFacts(by),
                  added,
                  removed,
                },
              },
              { at, newId },
            )),
      ]);
      return written(updated);
    });
