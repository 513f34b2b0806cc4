import { hash } from "node:crypto";
import { repeatPatienceMs } from "#shared/integrations/record/due-dates";
import { dayMs, firstInstantAt, hourMs, localDate, type WallTime } from "#shared/schedules/zoned-time";

const usualDays = 7;
// With a daily schedule no count is to be older. One that was sent between two dates, right after its turn, has its
// next turn seven days later, and the next date follows that by up to a day.
const maxAgeMs = 8 * dayMs;
// On the day when the clocks are put back. A run of a busy night begins an hour after its date, and so do its repeats.
const nextDateMs = 25 * hourMs;
const queuesMs = 2 * hourMs;
/** Whatever is older when a run is planned would be too old if it were left to the next date. */
const maxAgeWhenPlannedMs = maxAgeMs - nextDateMs - repeatPatienceMs - queuesMs;
// partners reconcile on the last days of a month: what Gradient holds is to be fresh then
const monthEndDays = 3;

/** The first of the month's last days, if this is one of them. */
const monthEndFrom = (date: WallTime): WallTime | null => {
  const today = new Date(date);
  const lastDay = Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + 1, 0);
  const first = lastDay - (monthEndDays - 1) * dayMs;
  return date < first ? null : first;
};

/** Where in a rotation this customer of this partner has its turn: 0 to 1, the same every time. */
const phaseOf = (partnerId: string, customerId: string): number =>
  hash("sha256", `${partnerId}\u0000${customerId}`, "buffer").readUInt32BE(0) / 2 ** 32;

/**
 * Tells whether an unchanged count is to be sent again: once in seven days, and once within the last three days of a
 * month. Every customer has a moment of its own in the rotation, so that neither partners nor the lines of a large one
 * fall into step; a count that was sent at another one comes before it would be older than eight days.
 */
export const repeatRotation = (partnerId: string, timeZone: string, now: number) => {
  const periodMs = usualDays * dayMs;
  const turns = (at: number, phase: number): number => Math.floor(at / periodMs - phase);
  const date = localDate(now, timeZone);
  const monthEnd = monthEndFrom(date);
  const monthEndAt = monthEnd === null ? Number.POSITIVE_INFINITY : firstInstantAt(monthEnd, timeZone);

  return (customerId: string, acceptedAt: string): boolean => {
    const at = Date.parse(acceptedAt);
    if (at >= monthEndAt) return false;
    if (now - at > maxAgeWhenPlannedMs) return true;
    const phase = phaseOf(partnerId, customerId);
    const isMonthEndTurn = monthEnd !== null && date >= monthEnd + Math.floor(phase * monthEndDays) * dayMs;
    return isMonthEndTurn || turns(now, phase) > turns(at, phase);
  };
};
