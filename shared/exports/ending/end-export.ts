import type { Integration } from "../../integrations/integration.ts";
import { aDayAfter, waitingForServices } from "../../integrations/record/looks.ts";
import { cover, isWanted, type Want, type Wants, wish } from "../../integrations/record/wants.ts";
import { withDate } from "../../integrations/with-date.ts";
import type { OpenWord } from "../../stored.ts";
import { isOver, type StopReason, type UsageExport } from "../usage-export.ts";
import { hasReachedItsEnd } from "./has-reached-its-end.ts";
import { lastExportAfter } from "./last-export.ts";
import { outcomeOf } from "./outcome-of.ts";
import { sizesAfter } from "./sizes-after.ts";
import { type Moment, withLeftOver } from "./with-left-over.ts";

// The clocks of two machines differ by less. A date is met by a run that read its lines surely after it.
const clocksApartMs = 5_000;
// After a run that did not get anywhere, three times over or for want of a token, whatever stood in its way is given
// time.
const stalledPauseMs = 60 * 60_000;

const covered = (before: Wants, { kind, seq }: UsageExport): Wants => {
  switch (kind) {
    case "all":
      return cover(cover(before, "all", seq), "retry", seq);
    case "retry":
      return cover(before, "retry", seq);
    case "repeat":
      return cover(before, "repeat", seq);
    default:
      return before;
  }
};

/**
 * What a person has stopped is not started again: what it was admitted for is dropped, and what was left over by then,
 * which it would have sent; what was wished since is not. Repeats would have sent nothing that was left over.
 */
const dropped = (before: Wants, { admittedFor }: UsageExport): Wants => {
  if (admittedFor === null) return before;
  const after = cover(before, admittedFor.want, admittedFor.seq);
  return admittedFor.want === "repeat" ? after : cover(after, "retry", admittedFor.seq);
};

const stalled = (before: Wants, now: Date): Wants => {
  const notBefore = new Date(now.getTime() + stalledPauseMs).toISOString();
  const paused = (want: Want): Want => (isWanted(want) ? { ...want, notBefore } : want);
  return { ...before, all: paused(before.all), retry: paused(before.retry), repeat: paused(before.repeat) };
};

/** A date is among what all lines are wanted for, be it that it came when a run had been started for something else. */
const isForDate = ({ all }: Wants): boolean =>
  isWanted(all) && [all.trigger, all.started?.later?.trigger].includes("schedule");

/** It was for a date, or one was wanted already when it read its lines, and is not any more. */
const takesDate = (run: UsageExport, before: Wants, after: Wants): boolean =>
  run.trigger === "schedule" || (isForDate(before) && !isForDate(after));

/**
 * What Gradient did not answer is owed in the ledger, and a look tries only lines that are not mapped, a run of repeats
 * only what Gradient surely holds: neither would ever come back to it. Whatever else these leave is wanted as before.
 */
const withUnanswered = (before: Wants, run: UsageExport, moment: Moment): Wants =>
  run.leftOver.isUnanswered || run.leftOver.doubtUntil !== null
    ? withLeftOver(before, before.retry, run, moment)
    : before;

/** What is wanted after a run that has stopped early: it has met nothing. */
const afterStop = (before: Wants, run: UsageExport, stop: OpenWord<StopReason>, moment: Moment): Wants => {
  const at = moment.now.toISOString();
  // after any other stop, by Gradient or for trouble of our own, what it kept back is still to be sent
  if (stop === "cancelled") return dropped(before, run);
  if (stop === "person-first") return run.kind === "repeat" ? withUnanswered(before, run, moment) : before;
  // without a pause a partner whose token cannot be read would be started again and again
  const hasNoToken =
    stop === "not-connected" && run.chunks === null && before.all.wanted <= (run.admittedFor?.seq ?? run.seq);
  const gotNowhere = stop === "stalled" || hasNoToken;
  switch (run.kind) {
    case "all": {
      // a person's run had no want of its own
      const wanted = isWanted(before.all) ? before : wish(before, "all", { at, trigger: "recovery" });
      // What this run was for has been shown with it; a wish that came later has its own cause. A person's run had no
      // want: what was open when it began, and what came since, is not told apart.
      const isOwn = run.admittedFor !== null || wanted.all.wanted <= run.seq;
      // no mail tells of such an end: as long as it is a date that waits, the morning tells that it was missed
      const isUntold = stop === "vendor-key" || stop === "doubted" || stop === "not-connected";
      const isMissed = isUntold && wanted.all.trigger === "schedule";
      const owed: Wants = isOwn && !isMissed ? { ...wanted, all: { ...wanted.all, trigger: "recovery" } } : wanted;
      // the counts that a date repeats follow it, though the run that sends its changes has another cause by then
      const missesRepeats = takesDate(run, before, owed) && (run.chunks === null || run.repeatsDue > 0);
      const all = missesRepeats ? wish(owed, "repeat", { at, trigger: "repeat" }) : owed;
      return gotNowhere ? stalled(all, moment.now) : all;
    }
    case "narrowed":
      // a worker that stops notes its lines as owed in the ledger; where no worker came to that, everything is looked
      // through
      if (stop === "stalled" || run.chunks === null || run.nextChunk < run.chunks)
        return wish(before, "all", { at, trigger: "recovery" });
      return withLeftOver(before, before.retry, run, moment);
    case "retry":
    case "repeat": {
      const owed = run.kind === "repeat" ? withUnanswered(before, run, moment) : before;
      return gotNowhere ? stalled(owed, moment.now) : owed;
    }
    default:
      return before;
  }
};

const afterEnd = (
  before: Wants,
  run: UsageExport,
  moment: Moment,
  { stillAwaited, isDateMet }: { stillAwaited: string[]; isDateMet: boolean },
): Wants => {
  const at = moment.now.toISOString();
  let after = withLeftOver(covered(before, run), before.retry, run, moment);
  if (run.kind !== "all") return after;
  // repeats follow a date, and never come between the dates of a partner that chose few
  if (run.repeatsDue > 0 && (isDateMet || takesDate(run, before, after)))
    after = wish(after, "repeat", { at, trigger: "repeat" });
  const isSomeReady = stillAwaited.length < run.awaitedServiceIds.length;
  return isSomeReady ? wish(after, "all", { at, trigger: "mapping" }) : after;
};

/**
 * A count of a service was accepted that had none before, by a run that had not all lines: the others of that service,
 * which were answered with a 404, are wanted now.
 */
const withGrowth = (before: Wants, { kind }: UsageExport, learned: string[], { now }: Moment): Wants =>
  kind === "all" || learned.length === 0 ? before : wish(before, "all", { at: now.toISOString(), trigger: "mapping" });

/**
 * Somebody has to look, some time later, whether what was not mapped is so by then: where Gradient tells, it need not
 * wait for a date. Elsewhere the look counts what the run's 404s have told, for the pages and the owner's digest.
 */
const nextCheckAfter = ({ mapping, state }: Integration, { totals }: UsageExport, now: Date): string | null =>
  mapping.nextCheckAt === null && totals.unmapped > 0 && state === "active"
    ? aDayAfter(now.toISOString())
    : mapping.nextCheckAt;

/** A date that came before the run read its lines is met by it. */
const meetsDate = ({ readAt, kind }: UsageExport, { nextRunAt: date }: Integration): boolean =>
  kind === "all" && date !== null && readAt !== null && Date.parse(date) <= Date.parse(readAt) - clocksApartMs;

/** A run that is over, as it is kept. Throws when its outcomes do not sum up to its lines. */
export const endOf = (run: UsageExport, now: Date): UsageExport => {
  if (isOver(run)) throw new Error("An export that is over ends only once");
  return {
    ...run,
    state: run.stop === "cancelled" ? "cancelled" : "finished",
    outcome: outcomeOf(run),
    finishedAt: now.toISOString(),
    lease: null,
  };
};

/**
 * The partner's record after a run: free for the next one, with what is wanted then. `stillAwaited`: the services that
 * the run missed in Gradient, without those that have been set up since it read its lines.
 */
export const afterRun = (
  before: Integration,
  over: UsageExport,
  moment: Moment & { stillAwaited: string[] },
): Integration => {
  const { id, mode, kind, stop } = over;
  const { now, stillAwaited } = moment;
  const freed: Integration = {
    ...before,
    currentExportId: before.currentExportId === id ? null : before.currentExportId,
  };
  // a dry run has sent nothing: it says nothing of what Gradient holds
  if (mode === "dry-run") return freed;
  const reached = hasReachedItsEnd(over, before);
  const isSame = over.connectionId !== null && over.connectionId === before.gradient?.integrationId;
  const known = new Set(before.mapping.mappedServiceIds);
  // accounts that were created again since may not be mapped
  const proven = isSame && over.proofGen >= before.proofGen ? over.acceptedServiceIds : [];
  const learned = proven.filter((serviceId) => !known.has(serviceId));
  // a look may have told of the services before the run that proves them has ended
  const opens = before.looks.mapsAnew && proven.length > 0;
  const looks = opens ? { ...before.looks, mapsAnew: false } : before.looks;
  const ended: Integration = {
    ...freed,
    looks,
    lastExport: lastExportAfter(before, over, { at: now.toISOString(), hasReached: reached }),
    mapping: {
      ...before.mapping,
      mappedServiceIds: [...known, ...learned],
      nextCheckAt: nextCheckAfter(before, over, now),
    },
    sizes: sizesAfter(before, over, reached),
    wants: before.state === "active" ? withGrowth(before.wants, over, opens ? proven : learned, moment) : before.wants,
    ...(reached && kind === "all"
      ? {
          awaitedServiceIds: stillAwaited,
          looks: waitingForServices(looks, stillAwaited.length > 0, now.toISOString()),
        }
      : {}),
  };
  // a look meets no want; before a partner is active nothing is, and everything is wanted then
  if (kind === "look") {
    const isOwed = before.state === "active" && stop !== "cancelled";
    return withDate({ ...ended, wants: isOwed ? withUnanswered(ended.wants, over, moment) : ended.wants }, now);
  }
  if (reached) {
    const isDateMet = meetsDate(over, ended);
    const wants = afterEnd(ended.wants, over, moment, { stillAwaited, isDateMet });
    const dated = withDate({ ...ended, wants }, now);
    return isDateMet ? { ...dated, wants } : dated;
  }
  const wants = stop === null ? ended.wants : afterStop(ended.wants, over, stop, moment);
  return withDate({ ...ended, wants }, now);
};
