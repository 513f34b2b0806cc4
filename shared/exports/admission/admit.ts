import { largeLines } from "../../integrations/record/expected-lines.ts";
import { logFailure } from "../../log-failure.ts";
import { isConflict, retryOnConflict } from "../../table/table.ts";
import { startWrites } from "../start-usage-export.ts";
import { exportIdAt, type UsageExport } from "../usage-export.ts";
import { type Admission, admissionWrite, hasPlace, type Place, readAdmission, taken, withRunOf } from "./admission.ts";
import { type Admitting, candidates, linesOf } from "./find-candidate.ts";
import { type Next, takeWaiting } from "./take-waiting.ts";
import { withoutEnded } from "./without-ended.ts";

// A worker with room looks for runs more often than this. What has waited for longer needs another worker.
const workerMs = 5_000;

// The table refuses a row that has grown too large, and for some time one that is written too often. Where it refuses
// so many, one after the other, it is no fault of theirs.
const maxRefused = 3;

const nothing: ReadonlySet<string> = new Set();

/** A worker that looks for a run. */
interface Looking {
  /** Runs that it has closed itself, so that nobody has to read whether they are over. */
  ended?: ReadonlySet<string>;
  /** Runs that it leaves to others. */
  failed?: ReadonlySet<string>;
  /** Its time is nearly up. */
  isLeaving?: boolean;
}

/**
 * Starts the next run that nobody waits for: of those who may be sent something, who has waited longest, as long as
 * there is a place (ADR 10). Repeats of old counts come only when nobody else waits.
 */
export const admitNext = (dependencies: Admitting) => {
  const { table, now, newId, obstacleFor } = dependencies;
  const { findCandidate, passOver } = candidates(dependencies);

  const admit = async (
    listed: Admission,
    { lease, isLeaving, refused = 0 }: { lease: UsageExport["lease"]; isLeaving: boolean; refused?: number },
  ): Promise<Next | undefined> => {
    const isBusy = (its: Admission) => taken(its).some(({ isRepeat }) => !isRepeat);
    const isLeft = lease === null && taken(listed).some(({ waitsSince }) => waitsSince === null);
    const aWhileAgo = new Date(now().getTime() - workerMs).toISOString();
    // a place that is free at this moment is as good as taken, but by a worker that takes nobody on any more
    if (isLeft && !isLeaving && (listed.tookAt ?? "") > aWhileAgo) return undefined;
    const until = isLeft ? aWhileAgo : now().toISOString();
    const wanted = await findCandidate(listed, { isRepeats: false, until });
    const admission = !wanted && isBusy(listed) ? await withoutEnded(table, listed) : listed;
    // repeats would share the rate with a large partner's changes for as long as those take
    const mayRepeat = !wanted && !isBusy(admission) && !isLeft;
    const found = mayRepeat ? await findCandidate(admission, { isRepeats: true, until }) : wanted;
    if (!found || found === "waits") return undefined;
    const { value, next } = found;
    const time = now();
    const at = time.toISOString();
    const { partnerId } = value;
    const run = {
      id: exportIdAt(time, newId().slice(0, 8)),
      kind: next.kind,
      trigger: next.want.trigger,
      lane: "scheduled",
      admittedFor: { want: next.kind, seq: value.wants.seq },
      lease,
    } as const;
    const { started, writes } = startWrites(value, run, { at, newId });
    const lines = linesOf(value, next);
    const place: Place = {
      partnerId,
      exportId: started.id,
      isLarge: lines > largeLines,
      isRepeat: next.kind === "repeat",
      waitsSince: lease === null ? at : null,
    };
    const tookAt = lease === null ? admission.tookAt : at;
    const admitted = withRunOf({ ...admission, tookAt, places: [...admission.places, place] }, lines);
    try {
      await table.transact([...writes, admissionWrite(admitted)]);
    } catch (error) {
      if (isConflict(error)) throw error;
      passOver(partnerId);
      if (refused + 1 === maxRefused) throw error;
      logFailure("a partner cannot be admitted", error);
      return admit(listed, { lease, isLeaving, refused: refused + 1 });
    }
    return { partnerId, exportId: started.id };
  };

  /**
   * With no lease, the run gets a message that wakes a worker, for partners whom no worker at work has taken on.
   */
  return (
    lease: UsageExport["lease"],
    { ended = nothing, failed = nothing, isLeaving = false }: Looking = {},
  ): Promise<Next | undefined> =>
    retryOnConflict(async () => {
      const stored = await readAdmission(table);
      const read = { ...stored, places: stored.places.filter(({ exportId }) => !ended.has(exportId)) };
      const waiting = lease === null ? undefined : await takeWaiting({ table, now })(read, failed);
      if (waiting) return waiting;
      if (await obstacleFor(null)) return undefined;
      // The places for large runs may be taken by runs that are over, while others are free. And whoever would wake a
      // worker has to know whether there is one.
      const isKnown = hasPlace(read, true) && (lease !== null || taken(read).length === 0);
      const admission = isKnown ? read : await withoutEnded(table, read);
      return hasPlace(admission, false) ? admit(admission, { lease, isLeaving }) : undefined;
    });
};
