import type { CountAnswer } from "#shared/gradient/gradient-api";
import { hourMs } from "#shared/schedules/zoned-time";
import { callsPerSecond } from "#test/fakes/rate";
import { oneDecimal, print, printTable } from "../report.ts";
import { watchChanges } from "./changes.ts";
import { distribution } from "./distribution.ts";
import { fleetOf, largest, type Zone } from "./fleet-partners.ts";
import { fleetWorld } from "./fleet-world.ts";
import type { Goal } from "./goals.ts";

const minuteMs = 60_000;

export interface NightSettings {
  /** Partners of the whole fleet; those in other zones are left out. */
  count: number;
  perSecond: number;
  isIn?: (zone: Zone) => boolean;
  /** Ten minutes before the first zone is due, in milliseconds since 1970. */
  begins: number;
  /** Gradient answers nothing from then to then. */
  outage?: { from: number; to: number };
  trace?: boolean;
}

export const hours = (ms: number): string => `${(ms / hourMs).toFixed(2)} h`;
const seconds = (ms: number): string => `${oneDecimal(ms / 1000)} s`;

const accepted: CountAnswer = { kind: "accepted" };
const silent: CountAnswer = { kind: "in-doubt", reason: "time-out" };

/** A night of the fleet, until every changed count has been accepted. */
export const playNight = async ({ count, perSecond, isIn, begins, outage, trace = false }: NightSettings) => {
  const startedAt = performance.now();
  // scaled as the rate is: its lines take as long as they would
  const large = Math.round((largest * perSecond) / callsPerSecond);
  const partners = fleetOf(count, begins, isIn, large);
  const changes = watchChanges(partners);
  const calls = { changed: 0, others: 0, throttled: 0, silent: 0 };
  const runs: Record<string, number> = {};
  const deferred = { lines: 0 };
  const took = distribution();
  const perMinute = new Map<number, number>();
  let lastAt = 0;

  const world = fleetWorld({
    partners,
    from: begins,
    perSecond,
    answerTo: (_partner, _place, at) => (outage && at >= outage.from && at < outage.to ? silent : accepted),
    onCount: ({ partner, place, unitCount, kind, at }) => {
      const now = world.clock.now();
      const minute = Math.floor((at - begins) / minuteMs);
      perMinute.set(minute, (perMinute.get(minute) ?? 0) + 1);
      calls.throttled += Number(kind === "throttled");
      calls.silent += Number(kind === "in-doubt");
      if (kind !== "accepted") return;
      if (changes.accepted(partner, place, unitCount, now)) {
        calls.changed += 1;
        lastAt = now;
      } else calls.others += 1;
    },
    onEnd: ({ kind, stop, totals, createdAt, finishedAt }) => {
      const what = stop === null ? kind : `${kind} ${stop}`;
      runs[what] = (runs[what] ?? 0) + 1;
      deferred.lines += totals.deferred;
      if (kind === "all" && stop === null) took.add(Date.parse(finishedAt ?? "") - Date.parse(createdAt));
    },
  });
  world.service.start(begins + 30_000);
  const end = begins + 30 * hourMs;
  while (world.clock.now() < end && changes.missing() > 0) {
    await world.clock.runUntil(world.clock.now() + hourMs / 4, () => changes.missing() === 0);
    if (!trace) continue;
    const seen = `${changes.missing()} missing, ${calls.changed} + ${calls.others} calls`;
    const spent = `${seconds(performance.now() - startedAt)}, ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`;
    process.stderr.write(`${world.clock.date().toISOString()} ${seen}, ${spent}\n`);
  }

  const { late } = changes;
  print(
    `\n${partners.length} partners of a fleet of ${count + 1}, the large one with ${large} lines; ${perSecond} calls a second\n`,
  );
  printTable(
    ["changed counts", "half after", "99 %", "last", "large partner", "deferred", "other calls", "429s"],
    [
      [
        changes.all,
        ...[0.5, 0.99, 1].map((share) => hours(late.at(share))),
        hours(changes.largeMs()),
        deferred.lines,
        calls.others,
        calls.throttled,
      ],
    ],
  );
  const busy = [...perMinute.values()].filter((sent) => sent > perSecond * 30).map((sent) => sent / 60);
  const pace = busy.reduce((sum, sent) => sum + sent, 0) / Math.max(1, busy.length);
  print(
    `\nIn ${busy.length} busy minutes ${oneDecimal(pace)} calls a second. A run of all lines took ${seconds(took.at(0.5))}, one in a hundred ${seconds(took.at(0.99))} or more. ` +
      `Runs: ${JSON.stringify(runs)}; ${JSON.stringify(world.service.usage)}; ${world.table.calls()} calls to the table. ` +
      `Took ${oneDecimal((performance.now() - startedAt) / minuteMs)} minutes.`,
  );
  if (world.failures.length > 0) print(`\n${world.failures.length} failures, the first: ${String(world.failures[0])}`);
  return { late, lastAt, missing: changes.missing(), deferred: deferred.lines, largeMs: changes.largeMs() };
};

export const nightGoals = ({ late, missing, deferred, largeMs }: Awaited<ReturnType<typeof playNight>>): Goal[] => [
  {
    figure: "changed counts in Gradient after due, 99 % / last",
    reach: "≤ 0.7 h / ≤ 0.9 h",
    seen: missing > 0 ? `${missing} never` : `${hours(late.at(0.99))} / ${hours(late.at(1))}`,
    isReached: missing === 0 && late.at(0.99) <= 0.7 * hourMs && late.at(1) <= 0.9 * hourMs,
  },
  {
    figure: "the partner with 100,000 lines, scaled as the rate",
    reach: "≤ 1 h",
    seen: hours(largeMs),
    isReached: largeMs > 0 && largeMs <= hourMs,
  },
  {
    figure: "lines deferred for want of capacity",
    reach: "0",
    seen: String(deferred),
    isReached: deferred === 0,
  },
];

export const outageGoal = (
  night: string,
  reachMs: number,
  { lastAt, missing }: Awaited<ReturnType<typeof playNight>>,
  endedAt: number,
): Goal => ({
  figure: `after an outage of an hour: all sent, without a person, ${night}`,
  reach: `≤ ${hours(reachMs)}`,
  seen: missing > 0 ? `${missing} never` : hours(lastAt - endedAt),
  isReached: missing === 0 && lastAt - endedAt <= reachMs,
});
