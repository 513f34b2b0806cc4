import type { StopReason, UsageExport } from "#shared/exports/usage-export";
import type { CountAnswer } from "#shared/gradient/gradient-api";
import { landsWithinMs } from "#shared/gradient/lost-calls";
import type { OpenWord } from "#shared/stored";
import type { LedgerEntry } from "#shared/usage/ledger";
import type { LineOutcome } from "#shared/usage/outcome";

/** How a line ends, with or without a call: the outcome, its reason in plain words, and what a person can do. */
export interface Verdict {
  outcome: LineOutcome;
  reason: string | null;
  whatToDo: string | null;
}

export const verdicts = {
  accepted: { outcome: "accepted", reason: null, whatToDo: null },
  unchanged: { outcome: "unchanged", reason: "Gradient accepted this number before.", whatToDo: null },
  unmapped: {
    outcome: "unmapped",
    reason: "In Gradient, this customer or this service is not mapped yet.",
    whatToDo: "Map the customer and the service in Gradient, or leave them out there on purpose.",
  },
  noService: {
    outcome: "deferred",
    reason: "The service is not set up in Gradient yet.",
    whatToDo: "Nothing: it is set up by itself and sent with the next run.",
  },
  inDoubt: {
    outcome: "deferred",
    reason: "An earlier number was sent without an answer and could still arrive after this one.",
    whatToDo: "Nothing: the next run sends it.",
  },
  noAnswer: {
    outcome: "deferred",
    reason: "Gradient did not answer, several times over.",
    whatToDo: "Nothing: the next run sends it.",
  },
  noAnswerBeforeStop: {
    outcome: "deferred",
    reason: "The number may have been sent before the run was stopped; its answer is not known.",
    whatToDo: "Nothing: the next run sends it.",
  },
  throttled: {
    outcome: "deferred",
    reason: "Gradient asked for fewer calls, several times over.",
    whatToDo: "Nothing: the next run sends it.",
  },
  tokenRejected: {
    outcome: "deferred",
    reason: "Gradient refused the token, so the run stopped.",
    whatToDo: "Generate a new key in Gradient and register it in the hub.",
  },
  forbidden: {
    outcome: "deferred",
    reason: "Gradient refused all calls, so the run stopped.",
    whatToDo: "Nothing: our operations team clears it with Gradient.",
  },
  cancelled: {
    outcome: "deferred",
    reason: "The run was cancelled before this line.",
    whatToDo: "Start another run, or wait for the next one.",
  },
  superseded: {
    outcome: "superseded",
    reason: "A newer run of all customers became due before this line was sent, and takes it over.",
    whatToDo: "Nothing: the newer run sends it.",
  },
  notConnected: {
    outcome: "deferred",
    reason: "Before this line the integration was disconnected, suspended, or moved to another Gradient connection.",
    whatToDo: "See that it is connected, and mapped in Gradient, then send usage.",
  },
  overdue: {
    outcome: "deferred",
    reason: "The run took longer than it may and was closed.",
    whatToDo: "Nothing: the next run sends it.",
  },
  unknownMode: {
    outcome: "deferred",
    reason: "The run is of a kind that this version of the service does not know.",
    whatToDo: "Start another run, or wait for the next one.",
  },
  stopped: {
    outcome: "deferred",
    reason: "The run was stopped before this line.",
    whatToDo: "Start another run, or wait for the next one.",
  },
  dryRun: { outcome: "deferred", reason: "A dry run: this number would be sent.", whatToDo: null },
} as const satisfies Record<string, Verdict>;

const stopVerdicts: Record<string, Verdict> = {
  cancelled: verdicts.cancelled,
  superseded: verdicts.superseded,
  "token-rejected": verdicts.tokenRejected,
  forbidden: verdicts.forbidden,
  "not-connected": verdicts.notConnected,
  overdue: verdicts.overdue,
  "unknown-mode": verdicts.unknownMode,
} satisfies Record<StopReason, Verdict>;

/** How a line ends that a stop has kept from being sent; the reason may be a word of another version. */
export const stopVerdict = (reason: OpenWord<StopReason>): Verdict => stopVerdicts[reason] ?? verdicts.stopped;

/** Gradient's own words for a refusal of this one line. */
export const rejected = (message: string): Verdict => ({
  outcome: "rejected",
  reason: `Gradient refused this number: ${message}`,
  whatToDo: "Check the customer and the number in the hub; support can help with Gradient's message.",
});

interface Situation {
  mode: UsageExport["mode"];
  /** The hub's number now. */
  unitCount: number;
  isInGradient: boolean;
  entry: LedgerEntry | undefined;
  now: number;
}

/**
 * May the number go out now, and need it? It may not while another number could still land after it (the fence). It
 * need not, in a run of changes, when Gradient surely holds it.
 */
export const decide = ({ mode, unitCount, isInGradient, entry, now }: Situation): Verdict | "send" => {
  if (!isInGradient) return verdicts.noService;
  const doubt = entry?.doubt ?? null;
  const isFenced = doubt !== null && Date.parse(doubt.until) > now && doubt.unitCount !== unitCount;
  if (isFenced) return verdicts.inDoubt;
  // after a 404 the mapping may be a new one, under which Gradient holds nothing yet
  const isSurelyHeld = doubt === null && entry?.accepted?.unitCount === unitCount && entry.last.outcome === "accepted";
  if (mode !== "full" && isSurelyHeld) return verdicts.unchanged;
  return mode === "dry-run" ? verdicts.dryRun : "send";
};

/** What the answer to a line's last attempt means for the line. */
export const verdictOf = (answer: CountAnswer): Verdict => {
  switch (answer.kind) {
    case "accepted":
      return verdicts.accepted;
    case "unmapped":
      return verdicts.unmapped;
    case "rejected":
      return rejected(answer.message);
    case "token-rejected":
      return verdicts.tokenRejected;
    case "forbidden":
      return verdicts.forbidden;
    case "throttled":
      return verdicts.throttled;
    case "in-doubt":
      return verdicts.noAnswer;
  }
};

interface Sent {
  customerId: string;
  serviceId: string;
  unitCount: number;
  answer: CountAnswer;
  /** Some attempt went without an answer. */
  wasInDoubt: boolean;
  at: number;
}

const iso = (at: number): string => new Date(at).toISOString();

/**
 * The ledger's entry after a call. A doubt outlives a later acceptance: the lost call may land after it, and then only
 * the same number does no harm.
 */
export const entryAfter = (before: LedgerEntry | undefined, sent: Sent): LedgerEntry => {
  const { customerId, serviceId, unitCount, answer, at } = sent;
  const live = before?.doubt && Date.parse(before.doubt.until) > at ? before.doubt : null;
  const accepted = answer.kind === "accepted" ? { unitCount, at: iso(at) } : (before?.accepted ?? null);
  // without an acceptance, even an old doubt stays: nobody knows which number Gradient holds
  const unsettled = answer.kind === "accepted" ? live : (before?.doubt ?? null);
  const doubt = sent.wasInDoubt ? { unitCount, until: iso(at + landsWithinMs) } : unsettled;
  return { customerId, serviceId, accepted, doubt, last: { outcome: verdictOf(answer).outcome, at: iso(at) } };
};
