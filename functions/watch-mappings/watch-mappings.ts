import { dueKinds, fromIntegrationItem, integrationWrite } from "#shared/integrations/integration";
import { owe } from "#shared/outbox/outbox";
import type { Changing } from "#shared/table/changing";
import { handleDue } from "#shared/table/due-items";
import { type DueKey, retryOnConflict } from "#shared/table/table";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
// room for the page that is being handled
const reserveMs = 10_000;

/** A partner that has just come is watched closely; one that has not mapped for days is not waiting at the screen. */
const pauseMs = (waitedMs: number): number => {
  if (waitedMs < hourMs) return 5 * minuteMs;
  return waitedMs < 24 * hourMs ? 15 * minuteMs : hourMs;
};

/** Owes a look at Gradient for every partner that still has to map and is due for one: polling alone opens *Next*. */
export const watchMappings =
  ({ table, now, newId }: Changing) =>
  async ({ remainingMs }: { remainingMs: () => number }): Promise<{ checked: number }> => {
    const time = now();
    const at = time.toISOString();
    let checked = 0;

    const check = (key: DueKey) =>
      retryOnConflict(async () => {
        const item = await table.get(key);
        const before = item && fromIntegrationItem(item);
        const isDue = before?.state === "awaiting-mapping" && (before.mapping.nextCheckAt ?? "") <= at;
        if (!before || !isDue) return;
        const waitedMs = time.getTime() - Date.parse(before.mapping.waitingSince ?? at);
        const nextCheckAt = new Date(time.getTime() + pauseMs(waitedMs)).toISOString();
        const { partnerId } = before;
        await table.transact([
          integrationWrite({ ...before, mapping: { ...before.mapping, nextCheckAt } }),
          owe({ kind: "sync-accounts", partnerId, reason: "watch" }, { id: newId(), at }),
        ]);
        checked += 1;
      });

    await handleDue({ table, kind: dueKinds.mapping, until: time, hasTime: () => remainingMs() > reserveMs }, check);
    return { checked };
  };
