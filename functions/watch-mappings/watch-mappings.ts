import { obstaclesToCalls } from "#shared/breakers/state/obstacle";
import { owedClose } from "#shared/exports/ending/final-counts";
import { sendLook } from "#shared/integrations/ask-look";
import { dueWork } from "#shared/integrations/due-work";
import {
  findIntegration,
  fromIntegrationItem,
  type Integration,
  integrationWrite,
  isDisconnectedThere,
} from "#shared/integrations/integration";
import { nextTryAt } from "#shared/integrations/record/closing";
import { dueKinds, lookAt } from "#shared/integrations/record/due-dates";
import { aDayAfter, hasCome, isUnderWay, waitingForServices } from "#shared/integrations/record/looks";
import { wish } from "#shared/integrations/record/wants";
import { logger } from "#shared/logger";
import { listServices } from "#shared/services/hub-service";
import type { Changing } from "#shared/table/changing";
import { handleDueRows } from "#shared/table/due-items";
import { type Item, retryOnConflict, type Write } from "#shared/table/table";
import { lookBudget } from "./look-budget.ts";

// room for the page that is being handled
const reserveMs = 10_000;

interface Dependencies extends Changing {
  /** The full rate, for everybody together. */
  callsPerSecond: number;
}

/** A look, or a trial of the token: what it may cost in calls; undefined where none is due. */
const costAt = (value: Integration, at: string): number | undefined => {
  const { state, looks } = value;
  if (isUnderWay(looks, at)) return undefined;
  const isLost = looks.until !== null;
  const work = dueWork(value, at);
  if (work === "look" || (isLost && state !== "suspended")) return looks.calls;
  // of whoever seems to have disconnected in Gradient, the accounts are asked for, too
  return work === "token" || isLost ? 1 + Number(isDisconnectedThere(value)) : undefined;
};

/**
 * Every minute: owes a look for each partner that is due for one, as far as their share of Gradient's rate goes, the
 * longest due first. When the next one is due is decided at a look's end; one that never ends is owed again. Compares
 * as well, without a call, whether services that lines wait for have come: then everything is wanted; and goes on with
 * the zeros of those who have disconnected.
 */
export const watchMappings = (dependencies: Dependencies) => {
  const { table, now, newId } = dependencies;

  return async ({ remainingMs }: { remainingMs: () => number }): Promise<{ looks: number; ready: number }> => {
    const time = now();
    const at = time.toISOString();
    const budget = lookBudget(dependencies);
    const report = { looks: 0, ready: 0 };
    // no call may go out: who is due stays so, and costs nothing until then, not even a read
    if (await obstaclesToCalls(table)(null)) return report;
    let services: Promise<Set<string>> | undefined;
    const inGradient = async () => {
      const all = await listServices(table);
      return new Set(all.flatMap(({ id, gradientServiceId }) => (gradientServiceId === null ? [] : [id])));
    };

    const compared = async (before: Integration): Promise<Integration> => {
      const { state, awaitedServiceIds, looks, wants } = before;
      if (state !== "active" || awaitedServiceIds.length === 0 || !hasCome(looks.servicesCheckAt, at)) return before;
      services ??= inGradient();
      const ready = await services;
      const still = awaitedServiceIds.filter((id) => !ready.has(id));
      const isSomeReady = still.length < awaitedServiceIds.length;
      report.ready += Number(isSomeReady);
      return {
        ...before,
        awaitedServiceIds: still,
        looks: waitingForServices(looks, still.length > 0, at),
        wants: isSomeReady ? wish(wants, "all", { at, trigger: "mapping" }) : wants,
      };
    };

    /** The next run of zeros, or their end, of a partner that has disconnected; and whatever else was left. */
    const closed = (before: Integration): { after: Integration; owed: Write[] } => {
      const { partnerId, closing, leftConnections } = before;
      const isDue = ({ retryAt }: { retryAt: string }) => hasCome(retryAt, at);
      const late = leftConnections.filter(isDue).map((left) => ({ token: left, gradient: left }));
      const going = [...(closing !== null && isDue(closing) ? [closing] : []), ...late];
      if (going.length === 0) return { after: before, owed: [] };
      const after = {
        ...before,
        closing: closing !== null && isDue(closing) ? { ...closing, retryAt: nextTryAt(0, at) } : closing,
        leftConnections: leftConnections.map((left) => (isDue(left) ? { ...left, retryAt: aDayAfter(at) } : left)),
      };
      return { after, owed: going.map((its) => owedClose(partnerId, its, { at, newId })) };
    };

    const isPaid = new Set<string>();
    const looked = async (before: Integration): Promise<{ after: Integration; owed: Write[] }> => {
      const calls = costAt(before, at);
      if (calls === undefined) return { after: before, owed: [] };
      if (!isPaid.has(before.partnerId) && !(await budget.take(calls))) return { after: before, owed: [] };
      isPaid.add(before.partnerId);
      if (before.looks.until !== null) logger.warn("a look was lost", { partnerId: before.partnerId });
      const { integration: after, owed } = sendLook(before, "watch", { at, newId });
      return { after, owed };
    };

    const handle = async (row: Item): Promise<void> => {
      let read: Integration | undefined = fromIntegrationItem(row);
      const { partnerId } = read;
      await retryOnConflict(async () => {
        const before = read ?? (await findIntegration(table, partnerId));
        read = undefined;
        if (!before) return;
        const { after: going, owed: closes } = closed(before);
        const isLookDue = hasCome(lookAt(before) ?? null, at);
        const { after, owed } = isLookDue ? await looked(await compared(going)) : { after: going, owed: [] };
        if (after !== before) await table.transact([integrationWrite(after), ...closes, ...owed]);
        report.looks += owed.length;
      });
    };

    const hasTime = () => remainingMs() > reserveMs;
    try {
      await handleDueRows({ table, ...dueKinds.look, until: time, hasTime }, handle);
    } finally {
      await budget.settle();
    }
    return report;
  };
};
