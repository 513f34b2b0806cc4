import { eventWrite, serviceActor } from "#shared/events/event";
import { LeaseLost } from "#shared/exports/export-lease";
import {
  exportWrite,
  findExport,
  isNarrowed,
  isOver,
  outcomeOf,
  type StopReason,
  type UsageExport,
} from "#shared/exports/usage-export";
import { findIntegration, type Integration, integrationWrite, withoutProblem } from "#shared/integrations/integration";
import { owe } from "#shared/outbox/outbox";
import { isPaused } from "#shared/schedules/schedule";
import { retryOnConflict, type Table } from "#shared/table/table";

interface Dependencies {
  table: Table;
  now: () => Date;
  newId: () => string;
}

// Is the scheduled run that joined this one still owed when this one is stopped? Not after a refused token: the next
// token brings a full run. Not where the cause would stop the scheduled run, too.
const leavesDue: Record<string, boolean> = {
  cancelled: true,
  superseded: true,
  overdue: true,
  "token-rejected": false,
  forbidden: false,
  "not-connected": false,
  "unknown-mode": false,
} satisfies Record<StopReason, boolean>;

const nextRunAfter = ({ state, schedule, nextRunAt }: Integration, over: UsageExport, at: string): string | null => {
  const isOwed = over.stop !== null && (leavesDue[over.stop] ?? true) && state === "active" && !isPaused(schedule, at);
  // a run that is due by now sends as much
  return isOwed && nextRunAt !== null && nextRunAt > at ? (over.standsFor ?? nextRunAt) : nextRunAt;
};

const withRun = (before: Integration, over: UsageExport, at: string): Integration => {
  const { id, mode, outcome, stop } = over;
  // on another connection Gradient holds nothing of what this run has sent
  const isSame = over.connectionId !== null && over.connectionId === before.gradient?.integrationId;
  const wasFull = isSame && mode === "full" && !isNarrowed(over) && stop === null;
  const learned = isSame ? over.acceptedServiceIds : [];
  const mappedServiceIds = [...new Set([...before.mapping.mappedServiceIds, ...learned])];
  const viewsOwed = isSame && !over.viewsRebuilt ? over.acceptedLine : null;
  const hasSent = isSame && stop === null && over.totals.accepted > 0;
  return {
    ...(hasSent ? withoutProblem(before, "gradient.forbidden") : before),
    currentExportId: before.currentExportId === id ? null : before.currentExportId,
    nextRunAt: nextRunAfter(before, over, at),
    // a dry run has sent nothing, so it says nothing of what Gradient holds
    lastExport: mode === "dry-run" ? before.lastExport : { id, outcome: outcome ?? "failed", finishedAt: at },
    // its start counts: what changed while it ran may not be in it
    lastFullAt: wasFull ? over.createdAt : before.lastFullAt,
    // a run that was never planned knows of no views owed
    viewsOwed: over.connectionId === null ? before.viewsOwed : viewsOwed,
    mapping: { ...before.mapping, mappedServiceIds },
  };
};

/**
 * Is a full run still owed after a token change? It is where this run was on its way when the token was registered, and
 * where this run sends less and was started before the full one.
 */
const owesFullRun = ({ state, token, lastFullAt }: Integration, { createdAt, stop }: UsageExport): boolean => {
  const registeredAt = token?.registeredAt ?? "";
  if (registeredAt > createdAt) return true;
  // Until the first accepted count, whoever watches the mapping starts it. After a stop it waits for the schedule: what
  // a person has cancelled, or Gradient refuses, is not begun again at once.
  return state === "active" && stop === null && registeredAt > (lastFullAt ?? "");
};

/** Writes down how a run ended and frees its partner for the next one, in one step. Answers both as written. */
export const closeExport =
  ({ table, now, newId }: Dependencies) =>
  (partnerId: string, exportId: string, holder: string): Promise<{ over: UsageExport; integration: Integration }> =>
    retryOnConflict(async () => {
      const [running, before] = await Promise.all([
        findExport(table, partnerId, exportId),
        findIntegration(table, partnerId),
      ]);
      if (!running || !before || isOver(running) || running.lease?.holder !== holder) throw new LeaseLost();
      const at = now().toISOString();
      const over: UsageExport = {
        ...running,
        state: running.stop === "cancelled" ? "cancelled" : "finished",
        outcome: outcomeOf(running),
        finishedAt: at,
        lease: null,
      };
      const after = withRun(before, over, at);
      const learned = after.mapping.mappedServiceIds.length > before.mapping.mappedServiceIds.length;
      const mayRetire = over.endsBilling && over.totals.accepted > 0;
      const { createdAt } = over;
      const isReplaced = owesFullRun(after, over);
      const isRemapped = (before.mapping.changedAt ?? "") > createdAt;
      const details = { exportId, outcome: over.outcome, ...over.totals };
      await table.transact([
        exportWrite(over),
        integrationWrite(after),
        eventWrite({ id: newId(), partnerId, type: "export.finished", at, details, ...serviceActor }),
        // for what the run taught, for accounts whose zeros have arrived, and for what changed while it ran and wants
        // another run
        ...(learned || mayRetire || over.awaitsService || isReplaced || isRemapped
          ? [owe({ kind: "sync-accounts", partnerId, reason: isReplaced ? "replaced" : "export" }, { id: newId(), at })]
          : []),
      ]);
      return {
        over: { ...over, version: over.version + 1 },
        integration: { ...after, version: after.version + 1 },
      };
    });
