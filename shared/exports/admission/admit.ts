import type { Agreement } from "../../agreements/agreement.ts";
import { isConsentOver } from "../../agreements/consent.ts";
import type { Obstacle } from "../../breakers/state/obstacle.ts";
import { UnreadableRecord } from "../../errors.ts";
import { findIntegration, type Integration, integrationWrite } from "../../integrations/integration.ts";
import { dueKinds } from "../../integrations/record/due-dates.ts";
import { expectedLines, largeLines } from "../../integrations/record/expected-lines.ts";
import { eligibleAt, isWanted, type Want, type WantKind } from "../../integrations/record/wants.ts";
import { withDate } from "../../integrations/with-date.ts";
import { logFailure } from "../../log-failure.ts";
import type { Changing } from "../../table/changing.ts";
import { type DueKey, isConflict, retryOnConflict } from "../../table/table.ts";
import { startWrites } from "../start-usage-export.ts";
import { exportIdAt, type UsageExport } from "../usage-export.ts";
import { type Admission, admissionWrite, hasPlace, type Place, readAdmission, taken, withRunOf } from "./admission.ts";
import { candidateKeys } from "./candidate-keys.ts";
import { nextWants } from "./next-want.ts";
import { setAside } from "./set-aside.ts";
import { type Next, takeWaiting } from "./take-waiting.ts";
import { withoutEnded } from "./without-ended.ts";

export interface Admitting extends Changing {
  /** For everybody, or for one partner. */
  obstacleFor: (partnerId: string | null, tokenVersionId?: string) => Promise<Obstacle | null>;
  /** All texts, oldest first; those of this deployment unless given. */
  agreements?: readonly Agreement[];
}

// A worker with room looks for runs more often than this. What has waited for longer needs another worker.
const workerMs = 5_000;

// A confirmation makes its partner's wishes due at once. Only a deployment with other texts, or with a later end of
// their time, is noticed so late; each look at a partner in vain costs a write.
const consentPauseMs = 6 * 60 * 60_000;

// Thousands of probes may be late. Whoever is held is freed, and comes forward, when its own has helped; looked at each
// minute until then, they would stand before everybody else.
const lateProbeMs = 15 * 60_000;

// Partners that were admitted a moment ago are still in the index, which lags behind; more than the places there are.
const maxPassed = 100;
// Whoever is put off stands in nobody's way any more, so the line is gone through past those: as many as take about a
// quarter of the job's minute.
const maxPutOff = 1_000;

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

interface Candidate {
  value: Integration;
  next: { kind: WantKind; want: Want };
}

const linesOf = (value: Integration, { kind, want: { trigger } }: Candidate["next"]): number =>
  expectedLines(value, { kind, trigger });

/**
 * Starts the next run that nobody waits for: of those who may be sent something, who has waited longest, as long as
 * there is a place (ADR 10). Repeats of old counts come only when nobody else waits.
 */
export const admitNext = ({ table, now, newId, obstacleFor, agreements }: Admitting) => {
  /** Out of the way until the obstacle is tried again: held partners must not stand before all others. */
  const postpone = async (value: Integration, retryAt: string): Promise<void> => {
    const later = (want: Want): Want =>
      isWanted(want) && (eligibleAt(want) ?? "") < retryAt ? { ...want, notBefore: retryAt } : want;
    const { wants } = value;
    await table.transact([
      integrationWrite({
        ...value,
        wants: { ...wants, all: later(wants.all), retry: later(wants.retry), repeat: later(wants.repeat) },
      }),
    ]);
  };

  const candidate = async (
    { pk }: DueKey,
    admission: Admission,
    isRepeats: boolean,
  ): Promise<Candidate | "waits" | "put-off" | undefined> => {
    const time = now();
    const at = time.toISOString();
    const found = await findIntegration(table, pk.slice(pk.indexOf("#") + 1));
    if (!found || found.currentExportId !== null || found.state !== "active") return undefined;
    const value = withDate(found, time);
    const wanted = nextWants(value, at);
    const [first] = wanted;
    if (!first || (isRepeats && first.kind !== "repeat")) return undefined;
    if (isConsentOver(value, time, agreements)) {
      await postpone(value, new Date(time.getTime() + consentPauseMs).toISOString());
      return "put-off";
    }
    // what was left over is small, as overdue repeats may be: it goes ahead of a large run for which there is no place
    const next = wanted.find((each) => hasPlace(admission, linesOf(value, each) > largeLines));
    if (!next) return "waits";
    const obstacle = await obstacleFor(value.partnerId, value.token?.versionId);
    // everybody's: nobody is put off for it, and all come as soon as it is gone
    if (obstacle?.scope === "vendor") return "waits";
    if (obstacle) {
      const late = new Date(time.getTime() + lateProbeMs).toISOString();
      await postpone(value, obstacle.retryAt > at ? obstacle.retryAt : late);
      return "put-off";
    }
    return { value, next };
  };

  /** Whoever comes first and may start; `waits` when somebody is there for whom there is no place now. */
  const findCandidate = async (
    admission: Admission,
    { isRepeats, until }: { isRepeats: boolean; until: string },
  ): Promise<Candidate | "waits" | undefined> => {
    const takesLarge = hasPlace(admission, true);
    const changes = takesLarge ? [dueKinds.wanted, dueKinds.wantedLarge] : [dueKinds.wanted];
    let waits = false;
    const seen = { passed: 0, putOff: 0 };
    for await (const key of candidateKeys(table, isRepeats ? [dueKinds.repeats] : changes, until)) {
      // one partner that cannot be started keeps no other back
      const found = await candidate(key, admission, isRepeats).catch(async (error: unknown) => {
        if (!isConflict(error)) logFailure("a partner cannot be admitted", error);
        if (error instanceof UnreadableRecord) await setAside(table, key, now());
        return undefined;
      });
      if (typeof found === "object") return found;
      if (found === "waits") waits = true;
      seen[found === "put-off" ? "putOff" : "passed"] += 1;
      if (seen.passed === maxPassed || seen.putOff === maxPutOff) break;
    }
    if (!waits && !isRepeats && !takesLarge) {
      const { keys } = await table.due({ ...dueKinds.wantedLarge, until, limit: 1 });
      waits = keys.length > 0;
    }
    return waits ? "waits" : undefined;
  };

  const admit = async (
    listed: Admission,
    { lease, isLeaving }: { lease: UsageExport["lease"]; isLeaving: boolean },
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
    await table.transact([...writes, admissionWrite(admitted)]);
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
