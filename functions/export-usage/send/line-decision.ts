import type { UsageExport } from "#shared/exports/usage-export";
import { rejected, stopVerdict, type Verdict, verdicts } from "#shared/exports/verdicts";
import type { CountAnswer } from "#shared/gradient/gradient-api";
import { landsWithinMs } from "#shared/gradient/lost-calls";
import { missingHalfOf } from "#shared/gradient/unmapped-words";
import { doubtAbout } from "#shared/usage/doubt";
import { type LedgerEntry, neverCalled, surelyHolds } from "#shared/usage/ledger";
import { troubledSince } from "#shared/usage/trouble";

/** Sends its lines whatever Gradient holds: its plan has chosen them for that. */
export const sendsEverything = ({ mode, kind }: Pick<UsageExport, "mode" | "kind">): boolean =>
  mode === "full" || kind === "repeat" || kind === "look";

interface Situation {
  run: Pick<UsageExport, "mode" | "kind" | "proofGen">;
  /** The hub's number now. */
  unitCount: number;
  /** False for a customer that came back and has no number yet: zero would be a wrong one. */
  isMeasured: boolean;
  isInGradient: boolean;
  entry: LedgerEntry | undefined;
  now: number;
}

/**
 * Whether the number may and should go out now. It must not while another number could still land after it (the fence);
 * it need not when Gradient surely holds it.
 */
export const decide = ({ run, unitCount, isMeasured, isInGradient, entry, now }: Situation): Verdict | "send" => {
  if (!isMeasured) return verdicts.notMeasured;
  if (!isInGradient) return verdicts.noService;
  const doubt = entry?.doubt ?? null;
  const isFenced = doubt !== null && Date.parse(doubt.until) > now && doubt.unitCount !== unitCount;
  if (isFenced) return verdicts.inDoubt;
  if (!sendsEverything(run) && surelyHolds(entry, unitCount, run.proofGen)) return verdicts.unchanged;
  return run.mode === "dry-run" ? verdicts.dryRun : "send";
};

/** What the answer to a last attempt means for its line. */
export const verdictOf = (answer: CountAnswer): Verdict => {
  switch (answer.kind) {
    case "accepted":
      return verdicts.accepted;
    case "unmapped":
      return verdicts.unmapped;
    case "rejected":
      return rejected(answer.message);
    case "token-rejected":
      return stopVerdict("token-rejected");
    case "forbidden":
      return stopVerdict("gradient-refuses");
    case "throttled":
      return verdicts.throttled;
    case "in-doubt":
      return verdicts.noAnswer;
  }
};

/**
 * Whether the service owes the line another call by itself, after this answer. What Gradient has refused for good is
 * owed nothing.
 */
const owedAfter = (answer: CountAnswer, before: LedgerEntry["owed"]): LedgerEntry["owed"] => {
  switch (answer.kind) {
    case "in-doubt":
      return "no-answer";
    case "throttled":
      return "throttled";
    case "token-rejected":
    case "forbidden":
      return before;
    default:
      return null;
  }
};

interface Sent {
  customerId: string;
  serviceId: string;
  unitCount: number;
  answer: CountAnswer;
  /** Some attempt, of this run or of one that died, went without an answer. */
  wasInDoubt: boolean;
  at: number;
  /** The floor of proof that the run has read. */
  proofGen: number;
}

const iso = (at: number): string => new Date(at).toISOString();

type LineOfEntry = Pick<LedgerEntry, "customerId" | "serviceId">;

const blankEntry = ({ customerId, serviceId }: LineOfEntry): LedgerEntry => ({
  customerId,
  serviceId,
  accepted: null,
  doubt: null,
  owed: null,
  last: { outcome: "deferred", at: neverCalled },
});

/**
 * The ledger's entry after a call. A doubt outlives a later acceptance: a lost call may land after it, and then only
 * the same number does no harm.
 */
export const entryAfter = (before: LedgerEntry | undefined, sent: Sent): LedgerEntry => {
  const { customerId, serviceId, unitCount, answer, at, proofGen: gen } = sent;
  const live = before?.doubt && Date.parse(before.doubt.until) > at ? before.doubt : null;
  const accepted = answer.kind === "accepted" ? { unitCount, at: iso(at), gen } : (before?.accepted ?? null);
  // without an acceptance, even an old doubt stays: nobody knows which number Gradient holds
  const unsettled = answer.kind === "accepted" ? live : (before?.doubt ?? null);
  const doubt = sent.wasInDoubt ? doubtAbout(unitCount, iso(at + landsWithinMs), unsettled) : unsettled;
  const owed = owedAfter(answer, before?.owed ?? null);
  const missing = answer.kind === "unmapped" ? missingHalfOf(answer.message, customerId) : undefined;
  const since = answer.kind === "throttled" ? { troubledAt: troubledSince(before) ?? iso(at) } : {};
  const { outcome } = verdictOf(answer);
  const last = { outcome, at: iso(at), ...(missing === undefined ? {} : { missing }), ...since };
  return { customerId, serviceId, accepted, doubt, owed, last };
};

/**
 * The ledger's entry of a line whose call Gradient refused (401, 403), and otherwise as it was. The next run sends
 * others before it: should it be the cause, these are in Gradient by then.
 */
export const entryRefused = (before: LedgerEntry | undefined, line: LineOfEntry, at: number): LedgerEntry => {
  const entry = before ?? blankEntry(line);
  return { ...entry, last: { ...entry.last, refusedAt: iso(at), troubledAt: troubledSince(before) ?? iso(at) } };
};

/** Which of the lines that a run has not come to are owed in the ledger, each by itself. */
export interface Owes {
  stopped: boolean;
  untried: boolean;
}

/** The ledger's entry of a line that ended without a call. */
export const entryWithout = (
  before: LedgerEntry | undefined,
  line: LineOfEntry,
  verdict: Verdict,
  owes: Owes,
): LedgerEntry | undefined => {
  const owed =
    verdict === verdicts.inDoubt
      ? "fenced"
      : verdict.reason === verdicts.noAnswerBeforeStop.reason
        ? "no-answer"
        : null;
  if (owed !== null) return before && { ...before, owed };
  if (verdict === verdicts.unchanged || verdict === verdicts.notMeasured)
    return before && before.owed !== null ? { ...before, owed: null } : before;
  const why = verdict === verdicts.untried ? "untried" : "stopped";
  // what it is owed for already stays known: one that was throttled goes behind those that were not
  const isKnown = before !== undefined && before.owed !== null && (why === "stopped" || before.owed === "throttled");
  if (!owes[why] || isKnown || before?.owed === why) return before;
  return { ...(before ?? blankEntry(line)), owed: why };
};
