import type { Obstacle } from "../breakers/state/obstacle.ts";
import type { Integration } from "../integrations/integration.ts";
import { type Closing, nextTryAt } from "../integrations/record/closing.ts";

// the first run follows the disconnect by a message, unless something holds the calls when that is read
const messageMs = 60_000;
const firstPauseMs = Date.parse(nextTryAt(0, new Date(0).toISOString()));

const isBeginning = ({ tries, retryAt }: Closing, now: Date): boolean =>
  tries === 0 && now.getTime() < Date.parse(retryAt) - firstPauseMs + messageMs;

/** From when on the next zeros may go out; null while they do, or are about to. */
const retryAtOf = (closing: Closing, isRunning: boolean, obstacle: Obstacle | null, now: Date): string | null => {
  if (isRunning || closing.remaining === 0 || (obstacle === null && isBeginning(closing, now))) return null;
  if (obstacle !== null && obstacle.retryAt > closing.retryAt) return obstacle.retryAt;
  return closing.retryAt;
};

/** What is left of a disconnect that sets counts to zero first, and until when that waits; null where it is over. */
export const zerosLeft = (
  { closing, currentExportId }: Pick<Integration, "closing" | "currentExportId">,
  { obstacle, now }: { obstacle: Obstacle | null; now: Date },
) =>
  closing && {
    finalCounts: closing.finalCounts,
    remaining: closing.remaining,
    until: closing.until,
    retryAt: retryAtOf(closing, currentExportId !== null, obstacle, now),
  };
