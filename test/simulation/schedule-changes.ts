import { putSchedule } from "#functions/put-schedule/put-schedule";
import { fromIntegrationItem } from "#shared/integrations/integration";
import type { ExportSchedule } from "#shared/schedules/schedule";
import type { Write } from "#shared/table/table";
import { at } from "./scenario.ts";
import { partnerId, person, type SimulatedService } from "./service.ts";

const dayMs = 24 * 3_600_000;

/** A person sets the schedule, mostly with a pause, and the tick comes at about the same moment. */
export const changeSchedule = ({ line, random, spawn, tick, trace }: SimulatedService): void => {
  const pauseMs = random.pick([null, -dayMs, 5_000, 60_000, 100 * dayMs, 100 * dayMs]);
  const everyTime = { hour: random.below(24), timeZone: "Europe/Prague" };
  const schedule: ExportSchedule = {
    ...random.pick([{ frequency: "daily" }, { frequency: "monthly", dayOfMonth: 22 }] as const),
    ...everyTime,
    pausedUntil: pauseMs === null ? null : at(Math.round(line.now()) + pauseMs),
  };
  trace(() => `a person sets the schedule, paused until ${schedule.pausedUntil}`);
  spawn("schedule", async (its) => (await putSchedule(its)({ partnerId, schedule, by: person })).nextRunAt ?? "none");
  line.at(line.now() + random.pick([0, 10, 50, 2_000]), tick, true);
};

// the clocks of two processes are at most so far apart
const clocksApartMs = 4_000;

/** What is wrong with a transaction that starts a scheduled run: it carries the schedule that is in force. */
export const startedInPause = (writes: Write[]): string | undefined => {
  const puts = writes.flatMap((write) => ("put" in write ? [write.put] : []));
  const started = puts.find(({ sk, type }) => sk.startsWith("event#") && type === "export.started");
  const row = puts.find(({ sk }) => sk === "integration");
  if (!started || !row) return undefined;
  const { currentExportId, schedule } = fromIntegrationItem(row);
  if (!currentExportId?.endsWith("-schedule") || schedule.pausedUntil === null) return undefined;
  return Date.parse(schedule.pausedUntil) - Date.parse(`${started.at}`) > clocksApartMs
    ? `${currentExportId} was started in a pause`
    : undefined;
};
