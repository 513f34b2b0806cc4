import type { BodyOf } from "#client/api-client";
import type { Tone } from "../../../../page-parts/notice.tsx";
import { countOf, numberOf } from "../../../../page-parts/words.ts";
import { nameOf } from "../../people.ts";
import type { Session } from "../../session.ts";

export type Run = BodyOf<"GET /v1/integrations/gradient/exports/{exportId}">;
export type Receipt = BodyOf<"GET /v1/integrations/gradient/exports/{exportId}/lines">["items"][number];

interface Words {
  tone: Tone;
  text: string;
}

export const isOver = ({ state, finishedAt }: Run): boolean =>
  state === "finished" || state === "cancelled" || finishedAt !== null;

export const isDryRun = ({ mode }: Pick<Run, "mode">): boolean => mode === "dry-run";

/** Why it was started, and by whom. */
export const whyStarted = ({ trigger, startedBy, mode }: Run, session: Session): string => {
  const name = startedBy === session.person.sub ? "you" : nameOf(session.setting, startedBy);
  const by = startedBy === "service" ? "" : ` by ${name}`;
  if (mode === "dry-run") return `Dry run${by}`;
  const words: Record<string, string> = {
    schedule: "On schedule",
    manual: `Sent${by}`,
    mapping: "New mapping or key",
    recovery: "Caught up by itself",
    repeat: "Sent again, to be sure",
  };
  return words[trigger] ?? `${trigger}${by}`;
};

const stopWords: Record<string, string> = {
  cancelled: "It was cancelled before its last line.",
  "token-rejected": "Gradient refused the key, so it stopped.",
  "not-connected": "The key was replaced, or the integration was disconnected, so it stopped.",
  "vendor-key": "Gradient refused the hub's own key, so it stopped.",
  "gradient-refuses": "Gradient refused the calls for your organization, so it stopped.",
  "gradient-down": "Gradient was failing, so it stopped.",
  doubted: "Gradient refused a call, so it stopped until the reason was found.",
  stalled: "It did not get anywhere and was closed.",
  "person-first": "It made room for usage that somebody sent.",
};

// the rest of these runs is wanted still, of itself; what a dry run leaves is not
const goesOn = new Set(["vendor-key", "gradient-refuses", "gradient-down", "doubted", "stalled"]);

/** Why it ended before its last line; null where it did not. */
export const whyStopped = (run: Run): string | null => {
  const { stoppedBy } = run;
  if (stoppedBy === null) return null;
  const why = stopWords[stoppedBy] ?? `It was stopped (${stoppedBy}).`;
  return goesOn.has(stoppedBy) && !isDryRun(run) ? `${why} What is left is sent by itself.` : why;
};

const reasonWords: Record<string, string> = {
  "nothing-changed": "Nothing had changed since Gradient accepted it last.",
  "not-billed": "None of these customers is billed, so there was nothing to send.",
  "unknown-customer": "The hub knows none of these customers, so there was nothing to send.",
  "left-out": "All of it is left out on purpose, so there was nothing to send.",
};

export const whyNothing = ({ reason }: Run): string | null =>
  reason === null ? null : (reasonWords[reason] ?? `There was nothing to send (${reason}).`);

const outcomes: Record<string, Words> = {
  succeeded: { tone: "good", text: "Complete" },
  partial: { tone: "warn", text: "In part" },
  failed: { tone: "bad", text: "Failed" },
};

export const outcomeWords = (outcome: string): Words => outcomes[outcome] ?? { tone: "neutral", text: outcome };

/** How it stands, or how it has ended. */
export const runWords = (run: Run): Words => {
  if (run.state === "cancelled") return { tone: "neutral", text: "Cancelled" };
  if (!isOver(run)) {
    if (run.stoppedBy === "cancelled") return { tone: "neutral", text: "Being cancelled" };
    return { tone: "neutral", text: run.state === "planned" ? "About to start" : "Under way" };
  }
  if (isDryRun(run) && run.outcome === "succeeded") return { tone: "neutral", text: "Compared" };
  return outcomeWords(run.outcome ?? run.state);
};

export const lineOutcomes = ["accepted", "unchanged", "unmapped", "rejected", "deferred", "superseded"] as const;
export type LineOutcome = (typeof lineOutcomes)[number];

const lineWords: Record<string, Words> = {
  accepted: { tone: "good", text: "Accepted by Gradient" },
  unchanged: { tone: "good", text: "Unchanged" },
  unmapped: { tone: "warn", text: "Not mapped" },
  rejected: { tone: "bad", text: "Refused by Gradient" },
  deferred: { tone: "warn", text: "Left over" },
  superseded: { tone: "neutral", text: "Left to a newer run" },
};

/** What became of a line. In a dry run nothing is left over: it was not to be sent. */
export const lineOutcomeWords = (outcome: string, run: Run): Words =>
  isDryRun(run) && outcome === "deferred"
    ? { tone: "neutral", text: "Would be sent" }
    : (lineWords[outcome] ?? { tone: "neutral", text: outcome });

/** `97 accepted by Gradient, 3 not mapped`. */
export const totalsInWords = (run: Run): string => {
  const parts = lineOutcomes
    .filter((outcome) => run.totals[outcome] > 0)
    .map((outcome) => `${countOf(run.totals[outcome], "line")} ${lineOutcomeWords(outcome, run).text.toLowerCase()}`)
    .map((text) => text.replace("by gradient", "by Gradient"));
  return parts.length === 0 ? "no lines" : parts.join(", ");
};

/** How far a run is that is under way, by what it has to send: what has not changed is done as soon as it is known. */
export const progressOf = ({ settled, totals, state }: Run): { done: number; of: number; text: string } | undefined => {
  if (state === "planned" || totals.lines === 0) return undefined;
  const { unchanged } = totals;
  const of = totals.lines - unchanged;
  if (of === 0) return { done: 1, of: 1, text: `${countOf(unchanged, "line")}, and none has changed` };
  const done = Math.max(0, settled - unchanged);
  const others = unchanged === 0 ? "" : `; ${numberOf(unchanged)} more have not changed`;
  return { done, of, text: `${numberOf(done)} of ${countOf(of, "line")}${others}` };
};

export const progressWords = (run: Run): string => progressOf(run)?.text ?? "Looking up what has changed…";

/** Lines that Gradient does not hold after the run. */
export const leftOverLines = ({ totals }: Run): number =>
  totals.unmapped + totals.rejected + totals.deferred + totals.superseded;

/** How many that are, and which of them are sent again: what is not mapped ends the same until it is mapped. */
export const leftOverWords = (run: Run): string => {
  const left = leftOverLines(run);
  const { unmapped } = run.totals;
  const found = `${countOf(left, "line")} of this run ${left === 1 ? "was" : "were"} not known to be in Gradient when it ended`;
  if (unmapped === left) return `${found}.`;
  if (unmapped === 0) return `${found}. Each is sent as it is counted now.`;
  const others = `The other ${numberOf(left - unmapped)}`;
  const are = left - unmapped === 1 ? "is sent as it is" : "are sent as they are";
  return `${found}, ${numberOf(unmapped)} of them not mapped. ${others} ${are} counted now.`;
};
