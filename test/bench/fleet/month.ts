import type { CountAnswer } from "#shared/gradient/gradient-api";
import { fromIntegrationItem, integrationKey } from "#shared/integrations/integration";
import { nextRunAt } from "#shared/schedules/next-run";
import type { StoredSchedule } from "#shared/schedules/schedule";
import { dayMs, hourMs } from "#shared/schedules/zoned-time";
import { callsPerSecond } from "#test/fakes/rate";
import { print, printTable } from "../report.ts";
import { type FleetPartner, fleetOf, largest } from "./fleet-partners.ts";
import { fleetWorld } from "./fleet-world.ts";
import type { Goal } from "./goals.ts";

export interface MonthSettings {
  /** Of the partners and of the rate. */
  share: number;
  fleet: number;
  days: number;
}

const begins = Date.parse("2026-11-02T12:00:00.000Z");
// two of five partners have chosen every night, the others the last day of the month
const isDaily = ({ index }: FleetPartner): boolean => index % 5 < 2;
const accepted: CountAnswer = { kind: "accepted" };
const silent: CountAnswer = { kind: "in-doubt", reason: "time-out" };
const refused: CountAnswer = { kind: "token-rejected" };

const inDays = (ms: number): string => `${(ms / dayMs).toFixed(2)} d`;

/**
 * A month of nights with the repeats that they bring: an hour without Gradient in the third night, an hour in which it
 * refuses our key in the fifth, and somebody who presses *Send usage* now and then.
 */
export const playMonth = async ({ share, fleet, days }: MonthSettings): Promise<Goal[]> => {
  const perSecond = callsPerSecond * share;
  const partners = fleetOf(fleet * share, begins, undefined, Math.round(largest * share)).map((partner) => {
    const schedule: StoredSchedule = isDaily(partner)
      ? partner.schedule
      : { frequency: "month-end", hour: 2, timeZone: partner.schedule.timeZone, pausedUntil: null };
    return { ...partner, schedule, nextRunAt: nextRunAt(schedule, new Date(begins)).toISOString() };
  });
  const daily = new Map(partners.filter(isDaily).map((partner) => [partner.index, partner]));
  /** By partner and line: when it was accepted last. */
  const lastAt = new Map([...daily.values()].map(({ index, lines }) => [index, new Float64Array(lines).fill(begins)]));
  // New York's night, when most are sent
  const night = (day: number) => Date.parse("2026-11-03T07:00:00.000Z") + (day - 1) * dayMs;
  const isDown = (at: number) => at >= night(3) + hourMs / 12 && at < night(3) + hourMs * (1 + 1 / 12);
  const isKeyRefused = (at: number) => at >= night(5) + hourMs / 12 && at < night(5) + hourMs * (1 + 1 / 12);
  const seen = { calls: 0, accepted: 0, longestMs: 0 };
  const runs: Record<string, number> = {};

  const world = fleetWorld({
    partners,
    from: begins,
    perSecond,
    answerTo: (_partner, _place, at) => (isDown(at) ? silent : isKeyRefused(at) ? refused : accepted),
    onCount: ({ partner, place, kind, at }) => {
      seen.calls += 1;
      if (kind !== "accepted") return;
      seen.accepted += 1;
      const its = lastAt.get(partner);
      if (!its) return;
      seen.longestMs = Math.max(seen.longestMs, at - (its[place] ?? at));
      its[place] = at;
    },
    onEnd: ({ kind, trigger, stop }) => {
      const what = [trigger, kind, ...(stop === null ? [] : [stop])].join(" ");
      runs[what] = (runs[what] ?? 0) + 1;
    },
  });
  const { clock, service, random, table } = world;
  const press = async (): Promise<void> => {
    for (;;) {
      await clock.sleep((12 + 24 * random()) * hourMs);
      const partner = partners[Math.floor(random() * partners.length)];
      // while another run is under way, or one of before
      if (partner) await service.press(partner.id).catch(() => undefined);
    }
  };
  service.start(begins + 30_000);
  void press();
  const end = begins + days * dayMs;
  await clock.runUntil(end);

  // what was not accepted again is as old as the month
  for (const its of lastAt.values()) for (const at of its) seen.longestMs = Math.max(seen.longestMs, end - at);
  const states = await Promise.all(
    partners.map(async ({ id }) => {
      const row = await table.rows.get(integrationKey(id));
      return row ? fromIntegrationItem(row).state : "gone";
    }),
  );
  const suspended = states.filter((state) => state !== "active").length;
  print(`\n${partners.length} partners, ${daily.size} of them daily; ${perSecond} calls a second; ${days} days\n`);
  printTable(
    ["calls", "accepted", "of the rate", "oldest count of a daily partner", "not active at the end"],
    [
      [
        seen.calls,
        seen.accepted,
        `${((100 * seen.calls) / (perSecond * days * 86_400)).toFixed(1)} %`,
        inDays(seen.longestMs),
        suspended,
      ],
    ],
  );
  print(`\nRuns: ${JSON.stringify(runs)}; failures ${world.failures.length} ${String(world.failures[0])}`);
  return [
    {
      figure: "every mapped line of a daily partner repeated within, with an outage and a refused key between",
      reach: "≤ 8 d",
      seen: inDays(seen.longestMs),
      isReached: seen.longestMs <= 8 * dayMs,
    },
    {
      figure: "partners suspended by an hour in which our key is refused",
      reach: "0",
      seen: String(suspended),
      isReached: suspended === 0,
    },
  ];
};
