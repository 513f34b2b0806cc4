import { dayMs, localDate } from "./zoned-time.ts";

interface ScheduledRun {
  scheduledAt: Date;
  timeZone: string;
  /** When the last full run was started, by whomever. */
  lastFullAt: Date | null;
  mappingChangedAt: Date | null;
  tokenReplacedAt: Date | null;
}

// Seven days at most may lie between full runs, and the next chance may be a day away.
const waitAtMostMs = 6 * dayMs;

const lastDaysOfMonth = 3;

const isNearMonthEnd = (at: Date, timeZone: string): boolean => {
  const date = localDate(at.getTime(), timeZone);
  return new Date(date + lastDaysOfMonth * dayMs).getUTCMonth() !== new Date(date).getUTCMonth();
};

/**
 * Whether a scheduled run sends every line and not only what changed: so that Gradient cannot stay wrong for long, when
 * partners reconcile, and once Gradient may have forgotten what it had accepted.
 */
export const isFullRun = ({
  scheduledAt,
  timeZone,
  lastFullAt,
  mappingChangedAt,
  tokenReplacedAt,
}: ScheduledRun): boolean => {
  if (lastFullAt === null) return true;
  const happenedSince = (at: Date | null) => at !== null && at > lastFullAt;
  return (
    happenedSince(mappingChangedAt) ||
    happenedSince(tokenReplacedAt) ||
    scheduledAt.getTime() - lastFullAt.getTime() > waitAtMostMs ||
    isNearMonthEnd(scheduledAt, timeZone)
  );
};
