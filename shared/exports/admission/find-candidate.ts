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
import { type DueKey, isConflict } from "../../table/table.ts";
import { type Admission, hasPlace } from "./admission.ts";
import { candidateKeys } from "./candidate-keys.ts";
import { nextWants } from "./next-want.ts";
import { setAside } from "./set-aside.ts";

export interface Admitting extends Changing {
  /** For everybody, or for one partner. */
  obstacleFor: (partnerId: string | null, tokenVersionId?: string) => Promise<Obstacle | null>;
  /** All texts, oldest first; those of this deployment unless given. */
  agreements?: readonly Agreement[];
}

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

// A partner stands in the line of what fell due first. While there is no place for large runs, nobody reads theirs for
// each place that is free: a date of ten counts may pass there, behind repeats that are many.
const betweenLooksMs = 60_000;

// Whoever could not be started stands first in line. Were all tried again with the next minute's job, as many as end a
// search would end each one's.
const passedOverMs = 90_000;

interface Search {
  isRepeats: boolean;
  /** For what is small among those that wait for a large place. */
  isForSmall?: boolean;
  until: string;
}

interface Candidate {
  value: Integration;
  next: { kind: WantKind; want: Want };
}

/** How many lines its run will have to send, as far as anybody can tell. */
export const linesOf = (value: Integration, { kind, want: { trigger } }: Candidate["next"]): number =>
  expectedLines(value, { kind, trigger });

/**
 * Whom a run may be started for now, whoever has waited longest first; `waits` when somebody is there for whom there is
 * no place now. Those who may not be sent anything are put off.
 */
export const candidates = ({ table, now, obstacleFor, agreements }: Omit<Admitting, "newId">) => {
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

  /** By partner, until when nobody tries to start it. */
  const passedOver = new Map<string, number>();
  const passOver = (partnerId: string): void => void passedOver.set(partnerId, now().getTime() + passedOverMs);

  const candidate = async (
    { pk }: DueKey,
    admission: Admission,
    { isRepeats, isForSmall = false }: Pick<Search, "isRepeats" | "isForSmall">,
  ): Promise<Candidate | "waits" | "put-off" | undefined> => {
    const time = now();
    const at = time.toISOString();
    const partnerId = pk.slice(pk.indexOf("#") + 1);
    if ((passedOver.get(partnerId) ?? 0) > time.getTime()) return undefined;
    const found = await findIntegration(table, partnerId);
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
    const fitting = wanted.filter((each) => hasPlace(admission, linesOf(value, each) > largeLines));
    // A run of all lines that keeps its place in the line brings what was left over, too. Where that is refused for
    // good it would hold the partner for hours, each time that it goes first.
    const isForAll = isForSmall && wanted.some(({ kind }) => kind === "all");
    const next = fitting.find(({ kind }) => !(isForAll && kind === "retry"));
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

  /** Whoever comes first in these lines and may start. */
  const firstIn = async (
    kinds: Parameters<typeof candidateKeys>[1],
    admission: Admission,
    search: Search,
  ): Promise<Candidate | "waits" | undefined> => {
    let waits = false;
    const seen = { passed: 0, putOff: 0 };
    for await (const key of candidateKeys(table, kinds, search.until)) {
      // one partner that cannot be started keeps no other back
      const found = await candidate(key, admission, search).catch(async (error: unknown) => {
        if (!isConflict(error)) logFailure("a partner cannot be admitted", error);
        if (error instanceof UnreadableRecord) await setAside(table, key, now());
        return undefined;
      });
      if (typeof found === "object") return found;
      if (found === "waits") waits = true;
      seen[found === "put-off" ? "putOff" : "passed"] += 1;
      if (seen.passed === maxPassed || seen.putOff === maxPutOff) break;
    }
    return waits ? "waits" : undefined;
  };

  let lookedAt = Number.NEGATIVE_INFINITY;

  const findCandidate = async (admission: Admission, search: Search): Promise<Candidate | "waits" | undefined> => {
    if (search.isRepeats) return firstIn([dueKinds.repeats], admission, search);
    if (hasPlace(admission, true)) return firstIn([dueKinds.wanted, dueKinds.wantedLarge], admission, search);
    const at = now().getTime();
    if (at - lookedAt >= betweenLooksMs) {
      const small = await firstIn([dueKinds.wantedLarge], admission, { ...search, isForSmall: true });
      if (typeof small === "object") return small;
      lookedAt = at;
    }
    const found = await firstIn([dueKinds.wanted], admission, search);
    if (found) return found;
    const { keys } = await table.due({ ...dueKinds.wantedLarge, until: search.until, limit: 1 });
    return keys.length > 0 ? "waits" : undefined;
  };

  return { findCandidate, passOver };
};
