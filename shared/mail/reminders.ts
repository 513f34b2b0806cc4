import * as z from "zod";
import { instant } from "../identifier.ts";
import { partnerPk } from "../partners/partner.ts";
import { nextRunAt } from "../schedules/next-run.ts";
import { readRow } from "../stored.ts";
import { type Item, type Key, type RowWrite, type Table, versioned, type Write } from "../table/table.ts";

/** When a partner's owner is next told of what needs a person, and what was told: never the same cause again. */
const reminders = z.object({
  partnerId: z.string(),
  /** Null while the partner is not connected. */
  nextAt: instant.nullable(),
  told: z.array(z.string()).default([]),
  version: z.number(),
});
export type Reminders = z.infer<typeof reminders>;

/** Whose owner is reminded, by the clocks of this schedule. */
interface Reminded {
  partnerId: string;
  schedule: { timeZone: string };
}

export const remindersDue = { index: "idle", kind: "reminders" } as const;

const key = (partnerId: string): Key => ({ pk: partnerPk(partnerId), sk: "reminders" });

export const remindersWrite = (value: Reminders): RowWrite => {
  const item: Item = {
    ...value,
    ...key(value.partnerId),
    ...(value.nextAt === null ? {} : { idleKind: remindersDue.kind, idleAt: value.nextAt }),
  };
  return versioned(item);
};

export const findReminders = async (table: Pick<Table, "get">, at: Key): Promise<Reminders | undefined> => {
  const item = await table.get(at);
  return item && readRow(reminders, item);
};

const morning = 8;

export const withNextMorning = (before: Reminders, timeZone: string, after: Date): Reminders => ({
  ...before,
  nextAt: nextRunAt({ frequency: "daily", hour: morning, timeZone, pausedUntil: null }, after).toISOString(),
});

/**
 * What has a partner told of from the next morning on; where that is so already, only that it stays so: the morning's
 * pass ends the reminders of whoever it has read as disconnected.
 */
export const startReminders = async (
  table: Pick<Table, "get">,
  { partnerId, schedule: { timeZone } }: Reminded,
  at: string,
): Promise<Write[]> => {
  const before = await findReminders(table, key(partnerId));
  if (before?.nextAt) return [{ check: key(partnerId), expect: before.version }];
  const fresh = before ?? { partnerId, nextAt: null, told: [], version: 0 };
  return [remindersWrite(withNextMorning(fresh, timeZone, new Date(at)))];
};
