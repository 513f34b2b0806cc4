import { isConsentOver } from "../agreements/consent.ts";
import { type Actor, eventWrite, serviceActor } from "../events/event.ts";
import { type Integration, integrationWrite } from "../integrations/integration.ts";
import { type ExportTrigger, eligibleAt, withStarted } from "../integrations/record/wants.ts";
import { owe } from "../outbox/outbox.ts";
import { isPaused } from "../schedules/schedule.ts";
import type { OpenWord } from "../stored.ts";
import { type Write, written } from "../table/table.ts";
import { noTotals } from "./line.ts";
import {
  type ExportKind,
  type ExportMode,
  exportIdAt,
  exportWrite,
  isLook,
  nothingLeft,
  type UsageExport,
} from "./usage-export.ts";

export interface Run {
  id: string;
  kind: ExportKind;
  trigger: OpenWord<ExportTrigger>;
  lane: UsageExport["lane"];
  mode?: ExportMode;
  /** The person, where one asked for it. */
  by?: Actor;
  customerIds?: string[] | undefined;
  serviceIds?: string[] | undefined;
  retryOf?: string | undefined;
  probes?: { customerId: string; serviceId: string }[];
  admittedFor?: UsageExport["admittedFor"];
  /** The worker that takes it on at once; without one a message is owed that wakes one. */
  lease?: UsageExport["lease"];
}

const newExport = (partnerId: string, run: Run, at: string): UsageExport => ({
  id: run.id,
  partnerId,
  trigger: run.trigger,
  startedBy: (run.by ?? serviceActor).actor,
  mode: run.mode ?? "changes",
  kind: run.kind,
  lane: run.lane,
  state: "planned",
  outcome: null,
  reason: null,
  customerIds: run.customerIds ?? null,
  serviceIds: run.serviceIds ?? null,
  retryOf: run.retryOf ?? null,
  probes: run.probes ?? null,
  totals: noTotals,
  leftOver: nothingLeft,
  chunks: null,
  allChunks: null,
  suspectsFrom: null,
  nextChunk: 0,
  leg: 0,
  queuedAt: at,
  lease: run.lease ?? null,
  stop: null,
  viewsRebuilt: false,
  acceptedLine: null,
  connectionId: null,
  seq: 0,
  proofGen: 0,
  readAt: null,
  admittedFor: run.admittedFor ?? null,
  toSend: 0,
  repeatsDue: 0,
  awaitedServiceIds: [],
  endsBilling: false,
  acceptedServiceIds: [],
  createdAt: at,
  startedAt: null,
  finishedAt: null,
  progressAt: at,
  stalls: 0,
  version: 0,
});

/**
 * What starts a run in one transaction, for a partner that has none under way. A dry run sends nothing, so it takes no
 * place: it neither blocks another run nor is blocked.
 */
export const startWrites = (
  before: Integration,
  run: Run,
  { at, newId }: { at: string; newId: () => string },
): { started: UsageExport; integration: Integration; writes: Write[] } => {
  const { partnerId } = before;
  const { by = serviceActor } = run;
  const started = newExport(partnerId, run, at);
  const { admittedFor } = started;
  const wants = admittedFor ? withStarted(before.wants, admittedFor.want, admittedFor.seq) : before.wants;
  const integration = run.mode === "dry-run" ? before : { ...before, wants, currentExportId: started.id };
  const { id: exportId, lane, trigger, mode } = started;
  return {
    started: written(started),
    integration: written(integration),
    writes: [
      exportWrite(started),
      // a dry run, too, is only started for the record as it was read
      integrationWrite(integration),
      ...(started.lease === null
        ? [owe({ kind: "export-usage", lane, partnerId, exportId, leg: 0 }, { id: newId(), at })]
        : []),
      ...(run.kind === "look"
        ? []
        : [
            eventWrite({
              id: newId(),
              partnerId,
              type: "export.started",
              at,
              details: { exportId, trigger, mode },
              ...by,
            }),
          ]),
    ],
  };
};

/**
 * Somebody waits for what is wanted after this run: whoever has finished the mapping that a look has found, or has
 * replaced the token while the run was on its way. What has been in line before stays there, and so does everything
 * where the run was stopped by what would stop the next one, too: it would begin again and again. A token that is
 * another by now is no such thing.
 */
export const isAwaited = (over: UsageExport, { mapping, token, wants: { all } }: Integration): boolean => {
  const since = over.createdAt;
  if (over.stop !== null && over.stop !== "not-connected" && over.stop !== "token-rejected") return false;
  // whoever pressed *Send usage* meanwhile was told to wait for it
  const isPressed = all.trigger === "manual" && all.since !== null && all.since >= since;
  if (!isLook(over)) return isPressed || (token !== null && token.registeredAt > since);
  const isOpened = mapping.completedAt !== null && mapping.completedAt >= since;
  return isOpened || (all.trigger === "mapping" && all.since !== null && all.since >= since);
};

/**
 * What writes the partner's record and, where everything is wanted and nothing keeps it back, begins that run at once:
 * somebody waits for the first counts after a mapping or a new token, so such a run is not admitted like others.
 */
export const startAtOnce = (
  value: Integration,
  { now, newId }: { now: Date; newId: () => string },
): { integration: Integration; writes: Write[] } => {
  const at = now.toISOString();
  const isHeld = isPaused(value.schedule, at) || isConsentOver(value, now);
  const mayBegin = value.state === "active" && value.currentExportId === null && !isHeld;
  if (!mayBegin || (eligibleAt(value.wants.all) ?? "~") > at) {
    return { integration: written(value), writes: [integrationWrite(value)] };
  }
  const { all, seq } = value.wants;
  const run: Run = {
    id: exportIdAt(now, newId().slice(0, 8)),
    kind: "all",
    trigger: all.trigger,
    lane: "on-demand",
    // a person who cancels it has stopped what was wanted
    admittedFor: { want: "all", seq },
  };
  return startWrites(value, run, { at, newId });
};
