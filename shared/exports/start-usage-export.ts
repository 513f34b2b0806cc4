import { AppError } from "../errors.ts";
import { type Actor, eventWrite, serviceActor } from "../events/event.ts";
import {
  findIntegration,
  type Integration,
  integrationWrite,
  maySend,
  withNextRun,
} from "../integrations/integration.ts";
import { wrongStep } from "../integrations/wrong-step.ts";
import { owe } from "../outbox/outbox.ts";
import type { Changing } from "../table/changing.ts";
import { conflict, retryOnConflict, type Table, written } from "../table/table.ts";
import { noTotals } from "./line.ts";
import { checkRetried } from "./retried-export.ts";
import {
  type ExportMode,
  type ExportTrigger,
  exportWrite,
  findExport,
  isOver,
  type UsageExport,
} from "./usage-export.ts";

export interface ExportRequest {
  partnerId: string;
  /** The same id starts nothing twice. */
  id: string;
  trigger: ExportTrigger;
  mode: ExportMode;
  customerIds?: string[];
  /** An export that is over: only what it did not bring to Gradient is sent. */
  retryOf?: string;
  /** The person, where one asked for it. */
  by?: Actor;
  /** For a scheduled run: when the next one is due. Set in the same step, so that no run is skipped or doubled. */
  nextRunAt?: string;
  /**
   * The integration that the request follows from, as the caller has just read it: saves reading it again. Where it is
   * outdated, nothing is started.
   */
  integration?: Integration;
}

// 100,000 lines take 18 minutes alone; the rest is room for others that share the rate
export const expectedMs = 6 * 60 * 60 * 1000;

const newExport = (request: ExportRequest, startedBy: string, now: Date): UsageExport => ({
  id: request.id,
  partnerId: request.partnerId,
  trigger: request.trigger,
  startedBy,
  mode: request.mode,
  // somebody waits for these: the person who asked, or the wizard's next step
  lane: request.trigger === "manual" || request.trigger === "mapping" ? "on-demand" : "scheduled",
  state: "planned",
  outcome: null,
  customerIds: request.customerIds ?? null,
  retryOf: request.retryOf ?? null,
  standsFor: null,
  totals: noTotals,
  chunks: null,
  nextChunk: 0,
  leg: 0,
  lease: null,
  stop: null,
  viewsRebuilt: false,
  awaitsService: false,
  connectionId: null,
  endsBilling: false,
  acceptedServiceIds: [],
  acceptedLine: null,
  createdAt: now.toISOString(),
  startedAt: null,
  finishedAt: null,
  expectedBy: new Date(now.getTime() + expectedMs).toISOString(),
  version: 0,
});

const alreadyRunning = (exportId: string) =>
  new AppError("conflict", "export.already-running", "An export is running already. Wait for it, or cancel it.", {
    extra: { exportId },
  });

/**
 * Starts one run for a partner. Throws `integration.wrong-step` when nothing may be sent, `export.already-running`
 * (with its `exportId`) when another one is on its way, `table.conflict` when the given integration is outdated, and
 * what `checkRetried` throws. The same request again answers the export that it started.
 */
export const startUsageExport = ({ table, now, newId }: Changing) => {
  const attempt = async (request: ExportRequest, known: Integration | undefined): Promise<UsageExport | undefined> => {
    const { partnerId, by = serviceActor } = request;
    const integration = known ?? (await findIntegration(table, partnerId));
    // the request's id, mode and next time came from a schedule, or a pause, that may be another by now
    if (request.integration && integration?.version !== request.integration.version) return undefined;
    if (!integration || !maySend(integration)) throw wrongStep(integration?.state ?? "not-started");
    const same = known ? undefined : await findExport(table, partnerId, request.id);
    if (same) {
      // a run that took place is not repeated, whatever has set the due time back
      const { nextRunAt } = request;
      if (nextRunAt && integration.nextRunAt !== nextRunAt) {
        await table.transact([integrationWrite({ ...integration, nextRunAt })]);
      }
      return same;
    }
    if (integration.currentExportId !== null) throw alreadyRunning(integration.currentExportId);
    if (request.retryOf !== undefined) await checkRetried(table, partnerId, request.retryOf);

    const started = newExport(request, by.actor, now());
    const at = started.createdAt;
    const { nextRunAt } = request;
    const scheduled = nextRunAt === undefined ? integration : withNextRun(integration, nextRunAt, at);
    const updated: Integration = { ...scheduled, currentExportId: started.id };
    const task = { kind: "export-usage", lane: started.lane, partnerId, exportId: started.id, leg: 0 } as const;
    const details = { exportId: started.id, trigger: started.trigger, mode: started.mode };
    await table.transact([
      exportWrite(started),
      integrationWrite(updated),
      owe(task, { id: newId(), at }),
      eventWrite({ id: newId(), partnerId, type: "export.started", at, details, ...by }),
    ]);
    return written(started);
  };
  return async (request: ExportRequest): Promise<UsageExport> => {
    let known = request.integration;
    const started = await retryOnConflict(() => {
      const first = known;
      known = undefined;
      return attempt(request, first);
    });
    if (!started) throw conflict();
    return started;
  };
};

/** The export that is running for a partner, if any. */
export const runningExport = async (table: Pick<Table, "get">, partnerId: string): Promise<UsageExport | undefined> => {
  const integration = await findIntegration(table, partnerId);
  if (!integration?.currentExportId) return undefined;
  const running = await findExport(table, partnerId, integration.currentExportId);
  return running && !isOver(running) ? running : undefined;
};
