import type { Tone } from "../../../../page-parts/notice.tsx";
import { countOf, momentOf } from "../../../../page-parts/words.ts";
import { isSoon } from "../../screens/runs/next-run.ts";
import type { Run } from "../../screens/runs/run-words.ts";
import type { Integration } from "../../states.ts";

type Waiting = NonNullable<Integration["exports"]["waiting"]>;

const outcomes: Record<string, { tone: Tone; title: string }> = {
  succeeded: { tone: "good", title: "The last run went through" },
  partial: { tone: "warn", title: "The last run went through in part" },
  failed: { tone: "bad", title: "The last run failed" },
};

export const outcomeWords = ({ state, outcome, reason }: Run): { tone: Tone; title: string } => {
  if (state === "cancelled") return { tone: "neutral", title: "The last run was cancelled" };
  // closed by somebody else, a moment ago
  if (outcome === null) return { tone: "neutral", title: "The last run is coming to its end" };
  if (reason === "nothing-changed") return { tone: "good", title: "Nothing had changed since the run before" };
  return outcomes[outcome] ?? { tone: "neutral", title: `The last run ended: ${outcome}` };
};

/** When a turn is expected. */
const expectedWords = (expectedAt: string | null, now: number): string => {
  if (expectedAt === null) return "";
  return isSoon(expectedAt, now) ? ", expected soon" : `, expected at ${momentOf(expectedAt)}`;
};

/** What keeps usage from going out now; while a partner maps, what keeps its mapping from being looked at. */
export const waitingWords = (
  { why, linesAhead, expectedAt, retryAt }: Waiting,
  { now = Date.now(), isMapping = false }: { now?: number; isMapping?: boolean } = {},
): string => {
  const at = retryAt === null ? "" : ` It is tried again ${isSoon(retryAt, now) ? "soon" : `at ${momentOf(retryAt)}`}.`;
  if (why === "turn") {
    if (linesAhead === null) return "Next run: waiting for its turn.";
    const when = expectedWords(expectedAt, now);
    return linesAhead === 0
      ? `Next run: first in line${when}.`
      : `Next run: waiting, about ${countOf(linesAhead, "line")} ahead${when}.`;
  }
  if (why === "retry") return `${isMapping ? "Your mapping" : "Next run"}: waiting for another try.${at}`;
  if (why === "gradient-down") return `Gradient is failing at the moment.${at}`;
  if (why === "gradient-refuses") return `Gradient refuses the calls for your organization at the moment.${at}`;
  if (why === "vendor-key") return `Gradient refuses the hub's calls at the moment, for its own key as it seems.${at}`;
  if (why === "paused") return `Sending is paused${retryAt === null ? "" : ` until ${momentOf(retryAt)}`}.`;
  if (why === "agreement") return "Next run: waiting for the new agreement to be confirmed.";
  return `Next run: waiting (${why}).`;
};
