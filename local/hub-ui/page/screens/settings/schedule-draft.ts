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
}

const numberIn = (value: unknown, otherwise: number): number => (typeof value === "number" ? value : otherwise);

export const isPausedAt = ({ pausedUntil }: Pick<Stored, "pausedUntil">, now: number): boolean =>
  pausedUntil !== null && Date.parse(pausedUntil) > now;

export const draftOf = (stored: Stored, now: number): ScheduleDraft => {
  const { frequency, hour, timeZone, pausedUntil, dayOfWeek, dayOfMonth } = stored;
  return {
    frequency,
    dayOfWeek: numberIn(dayOfWeek, 1),
    dayOfMonth: numberIn(dayOfMonth, 1),
    hour,
    timeZone,
    // a pause that is over stands in nobody's way
    pausedUntil: pausedUntil !== null && isPausedAt(stored, now) ? dayIn(pausedUntil, timeZone) : "",
  };
};

export const bodyOf = (draft: ScheduleDraft): Body => {
  const { frequency, dayOfWeek, dayOfMonth, hour, timeZone } = draft;
  const pausedUntil = draft.pausedUntil === "" ? null : startOfDay(draft.pausedUntil, timeZone).toISOString();
  const every = { hour, timeZone, pausedUntil };
  if (frequency === "weekly") return { frequency, dayOfWeek, ...every };
  if (frequency === "monthly") return { frequency, dayOfMonth, ...every };
  return frequency === "month-end" ? { frequency, ...every } : { frequency: "daily", ...every };
};
