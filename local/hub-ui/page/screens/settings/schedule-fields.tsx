import { useMemo } from "react";
import type { ScheduleDraft } from "./schedule-draft.ts";
import { hourName, weekdays } from "./schedule-words.ts";

interface FieldsProps {
  draft: ScheduleDraft;
  change(fields: Partial<ScheduleDraft>): void;
}

const frequencies = [
  { name: "daily", title: "Every day" },
  { name: "weekly", title: "Every week" },
  { name: "monthly", title: "Every month" },
  { name: "month-end", title: "On the last day of the month" },
];

const numbersFrom = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

const DayField = ({ draft, change }: FieldsProps) => {
  if (draft.frequency === "weekly")
    return (
      <label>
        On
        <select value={draft.dayOfWeek} onChange={(event) => change({ dayOfWeek: Number(event.target.value) })}>
          {weekdays.map(({ day, name }) => (
            <option key={day} value={day}>
              {name}
            </option>
          ))}
        </select>
      </label>
    );
  if (draft.frequency === "monthly")
    return (
      <label>
        On day
        <select value={draft.dayOfMonth} onChange={(event) => change({ dayOfMonth: Number(event.target.value) })}>
          {numbersFrom(1, 31).map((day) => (
            <option key={day} value={day}>
              {day > 28 ? `${day}, or the last day` : day}
            </option>
          ))}
        </select>
      </label>
    );
  return null;
};

const ZoneField = ({ draft, change }: FieldsProps) => {
  const zones = useMemo(
    // the one that is set may be an older name, which the list does not have
    () => [...new Set(["UTC", draft.timeZone, ...Intl.supportedValuesOf("timeZone")])].sort(),
    [draft.timeZone],
  );
  return (
    <label>
      Time zone
      <select value={draft.timeZone} onChange={(event) => change({ timeZone: event.target.value })}>
        {zones.map((zone) => (
          <option key={zone} value={zone}>
            {zone}
          </option>
        ))}
      </select>
    </label>
  );
};

/** The fields of a schedule; the one for the day follows how often it is. */
export const ScheduleFields = ({ draft, change }: FieldsProps) => (
  <div className="fields">
    <label>
      How often
      <select value={draft.frequency} onChange={(event) => change({ frequency: event.target.value })}>
        {frequencies.map(({ name, title }) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
      </select>
    </label>
    <DayField draft={draft} change={change} />
    <label>
      At
      <select value={draft.hour} onChange={(event) => change({ hour: Number(event.target.value) })}>
        {numbersFrom(0, 23).map((hour) => (
          <option key={hour} value={hour}>
            {hourName(hour)}
          </option>
        ))}
      </select>
    </label>
    <ZoneField draft={draft} change={change} />
    <label>
      Pause until
      <input
        type="date"
        value={draft.pausedUntil}
        max="9998-12-31"
        onChange={(event) => change({ pausedUntil: event.target.value })}
      />
      <span className="hint">Nothing is sent by itself before that day. Empty: not paused.</span>
    </label>
  </div>
);
