import type { GradientAccount } from "#shared/gradient/gradient-api";
import { isWatched } from "#shared/integrations/due-work";
import { hasToMap, type Integration } from "#shared/integrations/integration";
import { aDayAfter, nextLookAt, soonAfter } from "#shared/integrations/record/looks";
import { isPaused } from "#shared/schedules/schedule";

/** Of what a look has found, what calls for the next one. */
export interface Found {
  /** As they were before the missing ones were created. */
  accounts: Map<string, GradientAccount>;
  /** Some accounts are left for the next look. */
  isUnfinished: boolean;
  /** Some are retired once the run under way is over. */
  retiresLater: boolean;
  /** A row of some customer cannot be read: this look went without that customer. */
  hasUnreadable: boolean;
  hasRefused: boolean;
}

/** Nothing is tried in a pause: looks that have ended meanwhile come again after it. */
const endOfPause = ({ schedule }: Integration, at: string): string | null =>
  isPaused(schedule, at) ? schedule.pausedUntil : null;

/**
 * While the partner maps, looks come by how long ago something was new. Later once a day, where Gradient tells what is
 * mapped: a mapping that is taken away is seen by nothing else before its counts are repeated.
 */
export const nextCheckAfter = (after: Integration, found: Found, at: string): string | null => {
  // the end of the run under way asks for a look; it may have come before this one's
  if (found.isUnfinished || (found.retiresLater && after.currentExportId === null)) return soonAfter(at);
  // What cannot be read is looked for as long as it takes, also after looks for a mapping have ended. So is what is
  // mapped already, and could not be tried: the partner has paused, has no count yet, or Gradient lacks the service.
  const goesOn =
    found.hasUnreadable || found.retiresLater || [...found.accounts.values()].some(({ isMapped }) => isMapped === true);
  if (hasToMap(after)) return nextLookAt(after.looks, at) ?? (goesOn ? aDayAfter(at) : endOfPause(after, at));
  return found.hasRefused || found.hasUnreadable || found.retiresLater || isWatched(after) ? aDayAfter(at) : null;
};
