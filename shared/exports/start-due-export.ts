import { isAppError } from "../errors.ts";
import { eventWrite, serviceActor } from "../events/event.ts";
import { type Integration, integrationKey, integrationWrite, withNextRun } from "../integrations/integration.ts";
import { isFullRun } from "../schedules/full-run.ts";
import { nextRunAt } from "../schedules/next-run.ts";
import { effectiveSchedule } from "../schedules/schedule.ts";
import type { Changing } from "../table/changing.ts";
import { isConflict } from "../table/table.ts";
import { runningExport, startUsageExport } from "./start-usage-export.ts";
import { type ExportMode, exportIdAt, exportWrite, isNarrowed, type UsageExport } from "./usage-export.ts";

/**
 * What a partner that is due got: a run, or one that was on its way and sends the same. A run whose lines the due one
 * sends as well, and more, is stopped, `superseded`. Until a run that stands for no other has ended the partner is
 * `waiting`, and stays due.
 */
export type DueEnd = "started" | "joined" | "superseded" | "waiting";

const dateOrNull = (text: string | null | undefined): Date | null => (text ? new Date(text) : null);

const dueMode = ({ schedule, lastFullAt, mapping, token }: Integration, dueAt: Date): ExportMode => {
  const isFull = isFullRun({
    scheduledAt: dueAt,
    timeZone: effectiveSchedule(schedule).schedule.timeZone,
    lastFullAt: dateOrNull(lastFullAt),
    mappingChangedAt: dateOrNull(mapping.changedAt),
    tokenReplacedAt: dateOrNull(token?.registeredAt),
  });
  return isFull ? "full" : "changes";
};

/** Whether the run on its way sends everything that the one which is due would. */
const covers = (running: UsageExport, due: Pick<UsageExport, "id" | "mode">): boolean => {
  // after a clock was set back: it would take its own place, and then pass for the run that took place
  if (running.id === due.id) return true;
  if (isNarrowed(running) || running.stop !== null) return false;
  return running.mode === "full" || running.mode === due.mode;
};

/**
 * Whether the run that is due sends whatever this one is yet to send. One of changes leaves out what a full one sends
 * once more, and may leave out what one of a mode of another version sends.
 */
const takesOver = (due: Pick<UsageExport, "mode">, { stop, mode }: UsageExport): boolean =>
  stop === null && (due.mode === "full" || mode === "changes" || mode === "dry-run");

/**
 * Starts the run of a partner whose time has come, and sets when the next one is due, in one step. Its id follows from
 * partner and due time, so asking twice, or by two, starts one. Answers `undefined` for a partner that is not due, or
 * whose record somebody else has just changed: whoever asks next sees to it.
 */
export const startDueExport = ({ table, now, newId }: Changing) => {
  const start = startUsageExport({ table, now, newId });

  /**
   * A worker ends the run with its next checkpoint, as one that was cancelled. Nothing is stopped for a partner that is
   * due no more.
   */
  const supersede = async (running: UsageExport, due: Integration): Promise<DueEnd> => {
    const { partnerId, id: exportId } = running;
    const at = now().toISOString();
    await table.transact([
      { check: integrationKey(partnerId), expect: due.version },
      exportWrite({ ...running, stop: "superseded" }),
      eventWrite({ id: newId(), partnerId, type: "export.superseded", at, details: { exportId }, ...serviceActor }),
    ]);
    return "superseded";
  };

  /**
   * Nobody joins a run that is stopped or over by then. A due time that it stands for already is the older one, and
   * stays.
   */
  const join = async (running: UsageExport, due: Integration, next: string): Promise<DueEnd> => {
    await table.transact([
      integrationWrite(withNextRun(due, next, now().toISOString())),
      exportWrite({ ...running, standsFor: running.standsFor ?? due.nextRunAt }),
    ]);
    return "joined";
  };

  const attempt = async (integration: Integration, dueAt: Date): Promise<DueEnd> => {
    const { partnerId, schedule } = integration;
    const due = { id: exportIdAt(dueAt, "schedule"), mode: dueMode(integration, dueAt) };
    const next = nextRunAt(schedule, now()).toISOString();
    try {
      await start({ ...due, partnerId, trigger: "schedule", nextRunAt: next, integration });
      return "started";
    } catch (error) {
      if (!isAppError(error, "export.already-running")) throw error;
      const running = await runningExport(table, partnerId);
      if (running && covers(running, due)) return join(running, integration, next);
      return running && takesOver(due, running) ? supersede(running, integration) : "waiting";
    }
  };

  return async (integration: Integration): Promise<DueEnd | undefined> => {
    const { state, nextRunAt: dueAt } = integration;
    if (state !== "active" || dueAt === null || dueAt > now().toISOString()) return undefined;
    try {
      return await attempt(integration, new Date(dueAt));
    } catch (error) {
      if (isConflict(error) || isAppError(error, "integration.wrong-step")) return undefined;
      throw error;
    }
  };
};
