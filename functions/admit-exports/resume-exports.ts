import { AppError, throwAll, UnreadableRecord } from "#shared/errors";
import { admissionWrite, type Place, readAdmission } from "#shared/exports/admission/admission";
import { maxStalls, quietFrom, runningExports, stalledAt, unattendedAt } from "#shared/exports/attention";
import { type Closed, type Closing, closingAbandoned, closingUnread } from "#shared/exports/ending/close-export";
import {
  exportKey,
  exportWrite,
  findExport,
  fromExportItem,
  isHeld,
  isOver,
  type UsageExport,
} from "#shared/exports/usage-export";
import { inParallel } from "#shared/in-parallel";
import { findIntegration, type Integration, integrationWrite } from "#shared/integrations/integration";
import { logFailure } from "#shared/log-failure";
import { logger } from "#shared/logger";
import { owe } from "#shared/outbox/outbox";
import { handleDue } from "#shared/table/due-items";
import { isConflict, type Key, retryOnConflict, store, type Write } from "#shared/table/table";

const reserveMs = 10_000;
// each may write the row that lists them all: more at once than there are tries would keep one another out
const followedAtOnce = 5;

/** `fine`: somebody is at it. `gone`: it is over. */
type Report = Record<"resumed" | "closed" | "fine" | "gone", number>;
type Stop = "stalled" | "cancelled";

/**
 * Sees to runs that nobody is at: a worker has died, or a message was lost. They get another message; one that a person
 * has stopped is closed; and so is one that has not got anywhere three times over, so that it keeps neither its partner
 * nor its place.
 */
export const resumeExports = (dependencies: Closing) => {
  const { table, now, newId } = dependencies;
  const closeAbandoned = closingAbandoned(dependencies);
  const closeUnread = closingUnread(dependencies);

  /** By its time alone: the stalls of one that cannot be closed, or that somebody has stopped, are not counted. */
  const hasStoodStill = (run: UsageExport): boolean => stalledAt({ ...run, stalls: maxStalls - 1 }) <= now().getTime();

  /**
   * The last resort, for a run that has stood still for so long: its own failure may keep it from being closed, too.
   */
  const closeAnyhow = async (run: UsageExport, integration: Integration, stop: Stop): Promise<Closed> => {
    try {
      return await closeAbandoned(run, integration, stop);
    } catch (error) {
      const { partnerId, id: exportId } = run;
      const newest = isConflict(error) ? undefined : await findExport(table, partnerId, exportId);
      if (!newest) throw error;
      logFailure("what a run may have sent is not known", error);
      return closeUnread(newest, integration, stop);
    }
  };

  const close = async (run: UsageExport, stop: Stop): Promise<"closed" | "gone"> => {
    const { partnerId, id: exportId } = run;
    const integration = await findIntegration(table, partnerId);
    if (!integration) return "gone";
    // after a cancelled one the next may begin at once; after one that stood still it waits
    const isLastResort = stop === "stalled" || (hasStoodStill(run) && quietFrom(run) <= now().getTime());
    const { after, writes } = await (isLastResort ? closeAnyhow : closeAbandoned)(run, integration, stop);
    await table.transact([...writes, integrationWrite(after)]);
    if (stop === "stalled") logger.error("an export does not get anywhere and was closed", { partnerId, exportId });
    return "closed";
  };

  /** Workers with room take it on before its message is received. */
  const waitingAgain = async ({ lane, id }: UsageExport, at: string): Promise<Write[]> => {
    if (lane !== "scheduled") return [];
    const admission = await readAdmission(table);
    const places = admission.places.map((place) => (place.exportId === id ? { ...place, waitsSince: at } : place));
    return [admissionWrite({ ...admission, places })];
  };

  const follow = (key: Key) =>
    retryOnConflict(async (): Promise<keyof Report> => {
      const item = await table.get(key);
      const run = item && fromExportItem(item);
      const time = now();
      if (!run || isOver(run)) return "gone";
      const hasStalled = stalledAt(run) <= time.getTime();
      if (!hasStalled && unattendedAt(run) > time.getTime()) return "fine";
      const stalls = run.stalls + Number(hasStalled);
      if (stalls >= maxStalls) return close(run, "stalled");
      if (run.stop !== null && !isHeld(run, time)) return close(run, "cancelled");
      const at = time.toISOString();
      const { partnerId, id: exportId, lane } = run;
      const leg = run.leg + 1;
      await table.transact([
        // without the lease of a dead worker: it would call for a message each minute
        exportWrite({ ...run, leg, stalls, queuedAt: at, lease: isHeld(run, time) ? run.lease : null }),
        owe({ kind: "export-usage", lane, partnerId, exportId, leg }, { id: newId(), at }),
        ...(await waitingAgain(run, at)),
      ]);
      return "resumed";
    });

  /**
   * Its rows cannot be read; or it is to be closed by now, and the table refuses that, or has refused all that comes
   * before. What is foreseen passes by itself.
   */
  const cannotEnd = async ({ partnerId, exportId }: Place, error: unknown): Promise<boolean> => {
    if (error instanceof UnreadableRecord) return true;
    if (error instanceof AppError) return false;
    const run = await findExport(table, partnerId, exportId);
    return run !== undefined && hasStoodStill(run);
  };

  /** Twenty runs that cannot end would keep everybody out until somebody mends their rows. */
  const noteAside = (aside: ReadonlyMap<string, boolean>): Promise<void> =>
    retryOnConflict(async () => {
      const admission = await readAdmission(table);
      const isOther = ({ exportId, isAside = false }: Place) => (aside.get(exportId) ?? isAside) !== isAside;
      if (!admission.places.some(isOther)) return;
      const places = admission.places.map(({ isAside, ...place }): Place => {
        const isNow = aside.get(place.exportId) ?? isAside;
        return isNow ? { ...place, isAside: true } : place;
      });
      await table.transact([admissionWrite({ ...admission, places })]);
    });

  /** The runs that were admitted: they are in no index, and in the row of those under way until they are over. */
  const followListed = async (report: Report): Promise<void> => {
    const admission = await readAdmission(table);
    const { places } = admission;
    const failures: unknown[] = [];
    const ends = new Set<keyof Report>();
    const aside = new Map<string, boolean>();
    await inParallel(followedAtOnce, places, async (place) => {
      const { partnerId, exportId } = place;
      try {
        const end = await follow(exportKey(partnerId, exportId));
        report[end] += 1;
        ends.add(end);
        aside.set(exportId, false);
      } catch (error) {
        failures.push(error);
        if (await cannotEnd(place, error).catch(() => false)) aside.set(exportId, true);
      }
    });
    await noteAside(aside).catch((error: unknown) => void failures.push(error));
    throwAll(failures);
    // When the last one is over nobody is admitted for some time, and nobody would take them out of the row.
    if (places.length === 0 || [...ends].some((end) => end !== "gone")) return;
    await store(table, admissionWrite({ ...admission, places: [] })).catch((error: unknown) => {
      if (!isConflict(error)) throw error;
    });
  };

  return async ({ remainingMs }: { remainingMs: () => number }): Promise<{ resumed: number; closed: number }> => {
    const report: Report = { resumed: 0, closed: 0, fine: 0, gone: 0 };
    const handle = async (key: Key) => {
      report[await follow(key)] += 1;
    };
    const failures: unknown[] = [];
    const noted = (error: unknown) => void failures.push(error);
    const due = { table, kind: runningExports, until: now(), hasTime: () => remainingMs() > reserveMs };
    await handleDue(due, handle).catch(noted);
    await followListed(report).catch(noted);
    throwAll(failures);
    return { resumed: report.resumed, closed: report.closed };
  };
};
