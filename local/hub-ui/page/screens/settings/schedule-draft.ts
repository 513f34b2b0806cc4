import type { Asked } from "#client/api-client";
import type { Integration } from "../../states.ts";
import { dayIn, startOfDay } from "./zoned-day.ts";

type Stored = NonNullable<Integration["schedule"]>;
type Body = Asked<"PUT /v1/integrations/gradient/schedule">["body"];

/** The fields of the form; those of another frequency wait in it for their turn. */
export interface ScheduleDraft {
  frequency: string;
  dayOfWeek: number;
  dayOfMonth: number;
  hour: number;
  timeZone: string;
  /** `2026-12-24`, empty for no pause. */
  pausedUntil: string;
  /** What is stored, and the day that it is in the zone of then: where that stays, the pause stays to the second. */
  pause: { until: string; day: string; timeZone: string } | null;
}

const numberIn = (value: unknown, otherwise: number): number => (typeof value === "number" ? value : otherwise);

export const isPausedAt = ({ pausedUntil }: Pick<Stored, "pausedUntil">, now: number): boolean =>
  pausedUntil !== null && Date.parse(pausedUntil) > now;

export const draftOf = (stored: Stored, now: number): ScheduleDraft => {
  const { frequency, hour, timeZone, pausedUntil, dayOfWeek, dayOfMonth } = stored;
  // a pause that is over stands in nobody's way
  const until = isPausedAt(stored, now) ? pausedUntil : null;
  const pause = until === null ? null : { until, day: dayIn(until, timeZone), timeZone };
  return {
    frequency,
    dayOfWeek: numberIn(dayOfWeek, 1),
    dayOfMonth: numberIn(dayOfMonth, 1),
    hour,
    timeZone,
    pausedUntil: pause?.day ?? "",
    pause,
  };
};

/** A date that is skipped is a pause until just after it: the start of its day would let it come after all. */
const pauseOf = ({ pausedUntil: day, timeZone, pause }: ScheduleDraft): string | null => {
  if (day === "") return null;
  if (day === pause?.day && timeZone === pause.timeZone) return pause.until;
  return startOfDay(day, timeZone).toISOString();
};

export const bodyOf = (draft: ScheduleDraft): Body => {
  const { frequency, dayOfWeek, dayOfMonth, hour, timeZone } = draft;
  const every = { hour, timeZone, pausedUntil: pauseOf(draft) };
  if (frequency === "weekly") return { frequency, dayOfWeek, ...every };
  if (frequency === "monthly") return { frequency, dayOfMonth, ...every };
  return frequency === "month-end" ? { frequency, ...every } : { frequency: "daily", ...every };
};
