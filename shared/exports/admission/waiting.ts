import { isConsentOver } from "../../agreements/consent.ts";
import type { Obstacle } from "../../breakers/state/obstacle.ts";
import type { Integration } from "../../integrations/integration.ts";
import { dueEntries } from "../../integrations/record/due-dates.ts";
import { isAsked } from "../../integrations/record/looks.ts";
import { eligibleAt, isWanted } from "../../integrations/record/wants.ts";
import { withDate } from "../../integrations/with-date.ts";
import { isPaused } from "../../schedules/schedule.ts";
import { isLookId } from "../usage-export.ts";
import { linesAhead, type QueueEstimate } from "./queue-estimate.ts";

/** What a partner waits for (contract: `exports.waiting`). */
export interface Waiting {
  since: string;
  why: "turn" | "retry" | "gradient-down" | "gradient-refuses" | "vendor-key" | "paused" | "agreement";
  linesAhead: number | null;
  expectedAt: string | null;
  retryAt: string | null;
}

interface Situation {
  now: Date;
  obstacle: Obstacle | null;
  estimate: QueueEstimate | undefined;
}

// counted each minute, while the job gets on: an older one says nothing of now
const estimateHoldsMs = 2 * 60_000;

const oldest = (moments: (string | null)[]): string | undefined =>
  moments.filter((moment) => moment !== null).sort()[0];

// whether a token is good is known within seconds
const whyOf = ({ why }: Obstacle): Waiting["why"] => (why === "doubted" ? "retry" : why);

/** While it maps, and has not been at it for so long that looks have ended. */
const awaitsLook = ({ state, mapping, looks }: Integration): boolean =>
  state === "awaiting-mapping" && (mapping.nextCheckAt !== null || looks.until !== null || isAsked(looks));

/**
 * What a partner still wants to have sent, and why it is not under way; null where nothing waits. While it maps, its
 * looks wait, and all counts with them. A look under way keeps nothing from waiting.
 */
export const waitingFor = (stored: Integration, { now, obstacle, estimate }: Situation): Waiting | null => {
  const at = now.toISOString();
  const value = withDate(stored, now);
  const { all, retry } = value.wants;
  const wanted = [all, retry].filter(isWanted);
  const since = oldest(wanted.map((want) => want.since));
  if (value.currentExportId !== null && !isLookId(value.currentExportId)) return null;
  if (obstacle && awaitsLook(value)) {
    const { since: heldSince, retryAt } = obstacle;
    return { since: heldSince, why: whyOf(obstacle), linesAhead: null, expectedAt: null, retryAt };
  }
  if (value.state !== "active" || since === undefined) return null;
  const waits = { since, linesAhead: null, expectedAt: null, retryAt: null };
  if (obstacle) return { ...waits, why: whyOf(obstacle), retryAt: obstacle.retryAt };
  if (isPaused(value.schedule, at)) return { ...waits, why: "paused", retryAt: value.schedule.pausedUntil };
  if (isConsentOver(value, now)) return { ...waits, why: "agreement" };
  const next = oldest(wanted.map((want) => eligibleAt(want) ?? null));
  if (next !== undefined && next > at) return { ...waits, why: "retry", retryAt: next };
  const isFresh = estimate !== undefined && Date.parse(estimate.at) >= now.getTime() - estimateHoldsMs;
  if (!isFresh) return { ...waits, why: "turn" };
  // a pause, a hold or a try may have put it behind others since; what a look is at, it does not wait for
  const { dueAt = since } = dueEntries({ ...value, currentExportId: null });
  const lines = linesAhead(estimate, dueAt);
  // from the moment of counting, so that the answer stays the same until it is counted anew; who should have had its
  // turn by then has it any moment
  const counted = Date.parse(estimate.at) + (lines / estimate.linesPerSecond) * 1000;
  const expectedAt = new Date(Math.max(counted, now.getTime())).toISOString();
  return { ...waits, why: "turn", linesAhead: lines, expectedAt };
};
