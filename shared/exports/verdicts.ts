import type { OpenWord } from "../stored.ts";
import type { LineOutcome } from "../usage/outcome.ts";
import type { Line, Receipt } from "./line.ts";
import type { StopReason } from "./usage-export.ts";

/** A line's end without, or after, a call: the outcome with its reason in plain words and what a person can do. */
export interface Verdict {
  outcome: LineOutcome;
  reason: string | null;
  whatToDo: string | null;
}

const sentByItself = "Nothing: it is sent by itself as soon as it can be.";

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
    whatToDo: "Nothing: it is set up by itself, and its number is sent then.",
  },
  notMeasured: {
    outcome: "deferred",
    reason: "The customer has come back, and what it uses has not been measured since.",
    whatToDo: "Nothing: its number is sent once it is measured.",
  },
  inDoubt: {
    outcome: "deferred",
    reason: "An earlier number was sent without an answer and could still arrive after this one.",
    whatToDo: sentByItself,
  },
  noAnswer: {
    outcome: "deferred",
    reason: "Gradient failed or did not answer, each time that it was tried.",
    whatToDo: sentByItself,
  },
  noAnswerBeforeStop: {
    outcome: "deferred",
    reason: "The number may have been sent before the run was stopped; its answer is not known.",
    whatToDo: sentByItself,
  },
  untried: {
    outcome: "deferred",
    reason: "Gradient took none of the calls before this one for some time, so it was not made.",
    whatToDo: sentByItself,
  },
  throttled: {
    outcome: "deferred",
    reason: "Gradient asked for fewer calls, several times over.",
    whatToDo: sentByItself,
  },
  unreadable: {
    outcome: "deferred",
    reason: "What the hub has stored of this customer cannot be read.",
    whatToDo: "Nothing: our operations team has been told, and it is sent by itself once that is put right.",
  },
  dryRun: { outcome: "deferred", reason: "A dry run: this number would be sent.", whatToDo: null },
} as const satisfies Record<string, Verdict>;

const waiting = new Set<string | null>(
  [verdicts.noService, verdicts.notMeasured, verdicts.dryRun].map(({ reason }) => reason),
);

/** Gradient's own words for a refusal of this one line. */
export const rejected = (message: string): Verdict => ({
  outcome: "rejected",
  reason: `Gradient refused this number: ${message}`,
  whatToDo: "Check the customer and the number in the hub; support can help with Gradient's message.",
});

/**
 * Deferred although the service may send it as soon as it can: other than what waits for its service or for a
 * measurement, or is a dry run's.
 */
export const isLeftOver = ({ outcome, reason }: Pick<Receipt, "outcome" | "reason">): boolean =>
  outcome === "deferred" && !waiting.has(reason);

const stopped = (reason: string, whatToDo: string): Verdict => ({ outcome: "deferred", reason, whatToDo });

const stopVerdicts: Record<string, Verdict> = {
  cancelled: stopped(
    "The run was cancelled before this line.",
    "Send usage again, or wait for the next date of the schedule.",
  ),
  "token-rejected": stopped(
    "Gradient refused the key, so the run stopped.",
    "Generate a new key in Gradient and paste it in the hub.",
  ),
  "not-connected": stopped(
    "Before this line the key was replaced, or the integration was disconnected or suspended.",
    "Nothing, if it is connected: it is sent by itself then.",
  ),
  "vendor-key": stopped("Gradient refuses the hub's own key for the moment, so the run stopped.", sentByItself),
  "gradient-refuses": stopped(
    "Gradient refuses the calls for your organization for the moment, so the run stopped.",
    sentByItself,
  ),
  "gradient-down": stopped("Gradient is failing for the moment, so the run stopped.", sentByItself),
  doubted: stopped("Gradient refused a call, and whether the key is good is being found out.", sentByItself),
  stalled: stopped("The run did not get anywhere and was closed.", sentByItself),
  "person-first": stopped("Somebody sent usage, which went first.", sentByItself),
  "unknown-mode": stopped("The run is of a kind that this version of the service does not know.", "Send usage again."),
} satisfies Record<StopReason, Verdict>;

/** How a line ends that a stop has kept from being sent; the reason may be a word of another version. */
export const stopVerdict = (reason: OpenWord<StopReason>): Verdict =>
  stopVerdicts[reason] ??
  stopped("The run was stopped before this line.", "Send usage again, or wait for the next date.");

/** Of a number that may have gone out before the stop: what to do is what the stop calls for. */
export const unansweredBefore = ({ whatToDo }: Verdict): Verdict => ({ ...verdicts.noAnswerBeforeStop, whatToDo });

/** The receipt of a line that no worker has settled before its run was closed. */
export const receiptWithoutWorker = (
  line: Line,
  verdict: Verdict,
  intent: { unitCount: number } | undefined,
): Receipt => ({
  customerId: line.customerId,
  customerName: line.customerName,
  serviceId: line.serviceId,
  serviceName: line.serviceName,
  unitCount: intent?.unitCount ?? null,
  previousUnitCount: null,
  asOf: null,
  // Do not report *not sent* for a number that a dead worker may have sent.
  ...(intent === undefined ? verdict : unansweredBefore(verdict)),
  sentAt: null,
});
