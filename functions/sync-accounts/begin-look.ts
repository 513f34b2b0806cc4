import { sendLook } from "#shared/integrations/ask-look";
import { dueWork, type Work } from "#shared/integrations/due-work";
import { findIntegration, type Integration, integrationWrite, maySend } from "#shared/integrations/integration";
import { isAsked, isUnderWay, letGo, takenBy } from "#shared/integrations/record/looks";
import { startReminders } from "#shared/mail/reminders";
import type { SyncReason } from "#shared/outbox/outbox";
import type { Changing } from "#shared/table/changing";
import { retryOnConflict, written } from "#shared/table/table";

/** What a worker has begun, and holds until it writes its end. */
export interface Begun {
  /** As it was when the look began. */
  integration: Integration;
  holder: string;
  work: Work;
  /** What had been asked for by then. */
  asked: number;
  at: string;
}

/** Another worker has the look by now: it was held up for too long. */
export class LookLost extends Error {
  override name = "LookLost";
}

/**
 * The record has another token by now than this worker has begun with, or leads to another connection: a key that is
 * pasted again is the same version of the same secret, also where Gradient has given it another connection.
 */
export const isReplaced = (now: Integration, { integration: begun }: Begun): boolean =>
  now.token?.versionId !== begun.token?.versionId || now.gradient?.integrationId !== begun.gradient?.integrationId;

/**
 * What was asked for while this worker was at it waits until the worker has let go; whatever has replaced a token has
 * asked for a look of its own.
 */
export const sendAsked = (free: Integration, reason: SyncReason, moment: { at: string; newId: () => string }) =>
  maySend(free) && isAsked(free.looks) ? sendLook(free, reason, moment) : { integration: free, owed: [] };

const workAt = (value: Integration, at: string): Begun["work"] | undefined =>
  maySend(value) && isAsked(value.looks) ? "look" : dueWork(value, at);

/**
 * Takes on what is due at the partner's record, whatever message has woken this worker. Answers why there is nothing to
 * do: the message came twice or late, or another worker is at it.
 */
export const beginLook =
  ({ table, now, newId }: Changing) =>
  (partnerId: string): Promise<Begun | "not-connected" | "carried-elsewhere" | "nothing-due"> =>
    retryOnConflict(async () => {
      const before = await findIntegration(table, partnerId);
      if (!before?.token || !(maySend(before) || before.state === "suspended")) return "not-connected";
      const at = now().toISOString();
      const { looks } = before;
      if (looks.holder !== null && isUnderWay(looks, at)) return "carried-elsewhere";
      const work = workAt(before, at);
      if (work === undefined) {
        if (looks.until !== null) await table.transact([integrationWrite({ ...before, looks: letGo(looks) })]);
        return "nothing-due";
      }
      const holder = newId();
      const begun = { ...before, isReminded: true, looks: takenBy(looks, holder, at) };
      // every connected partner comes by here daily, also one that confirmed before there were reminders
      const reminders = before.isReminded ? [] : await startReminders(table, before, at);
      await table.transact([integrationWrite(begun), ...reminders]);
      return { integration: written(begun), holder, work, asked: looks.asked, at };
    });

/**
 * Changes the record of whoever is looked at. Throws `LookLost` where another worker is at it by now; answers
 * `token-replaced` where what this worker has found is of an earlier token, or of an earlier connection.
 */
export const changeBegun =
  ({ table }: Pick<Changing, "table">) =>
  (begun: Begun, change: (before: Integration) => Integration): Promise<Integration | "token-replaced"> =>
    retryOnConflict(async () => {
      const before = await findIntegration(table, begun.integration.partnerId);
      if (before?.looks.holder !== begun.holder) throw new LookLost();
      if (isReplaced(before, begun) || !maySend(before)) return "token-replaced";
      const after = change(before);
      await table.transact([integrationWrite(after)]);
      return written(after);
    });
