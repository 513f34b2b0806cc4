import type { UsageExport } from "#shared/exports/usage-export";
import { hourMs } from "#shared/schedules/zoned-time";
import { print, printTable } from "../report.ts";
import { distribution } from "./distribution.ts";
import { type FleetPartner, fleetOf, partnerIdOf, type Zone } from "./fleet-partners.ts";
import { fleetWorld } from "./fleet-world.ts";
import type { Goal } from "./goals.ts";
import type { Hops } from "./hops.ts";

/** Who presses, and what came of it. */
interface Press {
  partner: number;
  pressedAt: number;
  /** The run was over, and its last count answered. */
  endedAt: number;
  firstCallAt: number;
  lastCallAt: number;
  /** A worker asked for moments for it. */
  askedAt: number;
  isAlone: boolean;
}

const begins = Date.parse("2026-11-30T06:59:00.000Z");
// long enough for 15,000 partners' changes, or for repeats that keep the rate as busy
const windowMs = 20 * 60_000;
const lines = 160;
const stretchNames = [
  "the press to asking for slots",
  "asking to the first call",
  "the first call to the last",
  "the last call to the end",
] as const;
const seconds = (ms: number): string => (ms / 1000).toFixed(2);

interface Setting {
  /** Partners of the whole fleet, of which those in the zone are due. */
  count: number;
  zone: Zone;
  hops: Hops;
}

export const playOnDemand = async ({ count, zone, hops }: Setting): Promise<Goal[]> => {
  const due = fleetOf(count, begins, (its) => its === zone);
  const firstPresser = count + 1_000;
  const pressers: FleetPartner[] = Array.from({ length: 900 }, (_, place) => ({
    index: firstPresser + place,
    id: partnerIdOf(firstPresser + place),
    lines,
    schedule: { frequency: "daily", hour: 14, timeZone: zone, pausedUntil: null },
    nextRunAt: new Date(begins + 12 * hourMs).toISOString(),
  }));
  const presses: Press[] = [];
  const byPartner = new Map<number, Press>();
  const waiting = new Map<string, () => void>();
  /** When calls went out that nobody waited for. */
  const others: number[] = [];
  let calls = 0;

  const world = fleetWorld({
    partners: [...due, ...pressers],
    from: begins,
    hops,
    onCount: ({ partner, at }) => {
      calls += 1;
      const press = byPartner.get(partner);
      if (!press) others.push(at);
      else {
        press.firstCallAt = Math.min(press.firstCallAt, at);
        press.lastCallAt = Math.max(press.lastCallAt, at);
      }
    },
    onEnd: (run: UsageExport) => {
      waiting.get(run.partnerId)?.();
    },
  });
  const { clock, service, random } = world;
  service.watchSlots((lane) => {
    if (lane !== "on-demand") return;
    for (const press of presses) if (press.endedAt === 0) press.askedAt = Math.min(press.askedAt, clock.now());
  });

  let next = 0;
  const press = async (isAlone: boolean): Promise<void> => {
    const partner = firstPresser + next;
    next += 1;
    const its: Press = {
      partner,
      pressedAt: clock.now(),
      endedAt: 0,
      firstCallAt: Number.POSITIVE_INFINITY,
      lastCallAt: 0,
      askedAt: Number.POSITIVE_INFINITY,
      isAlone,
    };
    presses.push(its);
    byPartner.set(partner, its);
    const ended = new Promise<void>((resolve) => waiting.set(partnerIdOf(partner), resolve));
    await service.press(partnerIdOf(partner));
    await ended;
    its.endedAt = clock.now();
  };
  const isTime = (part: number) => clock.now() < begins + 3 * 60_000 + windowMs * part && next < pressers.length - 5;
  const person = async (): Promise<void> => {
    await clock.sleep(3 * 60_000);
    while (isTime(0.5)) {
      await press(true);
      await clock.sleep(500 + 3_000 * random());
    }
    while (isTime(1)) {
      const together = 2 + Math.floor(random() * 3);
      await Promise.all(
        Array.from({ length: together }, async () => {
          await clock.sleep(2_000 * random());
          await press(false);
        }),
      );
      await clock.sleep(500 + 3_000 * random());
    }
  };
  let isOver = false;
  service.start(begins + 30_000);
  void person().finally(() => {
    isOver = true;
  });
  await clock.runUntil(begins + 2 * hourMs, () => isOver);

  const alone = distribution();
  const ahead = distribution();
  const more = distribution();
  const stretches = Object.fromEntries(stretchNames.map((name) => [name, distribution()]));
  others.sort((a, b) => a - b);
  for (const its of presses) {
    const tookMs = its.endedAt - its.pressedAt;
    if (its.isAlone) {
      alone.add(tookMs);
      const moments = [its.pressedAt, its.askedAt, its.firstCallAt, its.lastCallAt, its.endedAt];
      for (const [place, name] of stretchNames.entries()) {
        stretches[name]?.add((moments[place + 1] ?? 0) - (moments[place] ?? 0));
      }
      ahead.add(others.filter((at) => at >= its.askedAt && at < its.firstCallAt).length);
      continue;
    }
    const overlaps = presses.filter(
      (other) => other !== its && other.pressedAt < its.endedAt && other.endedAt > its.pressedAt,
    ).length;
    if (overlaps > 0) more.add((tookMs - 3_000) / overlaps);
  }
  print(`\n### On demand: 160 lines each, while ${due.length} partners are sent their counts\n`);
  printTable(
    [
      "alone",
      "half, s",
      "99 %, s",
      "most, s",
      "slots ahead, 99 %",
      "most",
      "overlapping",
      "s over 3 for each that overlaps, 99 %",
      "most",
    ],
    [
      [
        alone.count(),
        seconds(alone.at(0.5)),
        seconds(alone.at(0.99)),
        seconds(alone.at(1)),
        ahead.at(0.99),
        ahead.at(1),
        more.count(),
        seconds(more.at(0.99)),
        seconds(more.at(1)),
      ],
    ],
  );
  print("\nWhere the time goes of those alone, in seconds:\n");
  printTable(
    ["from", "half", "99 %"],
    stretchNames.map((name) => [name, seconds(stretches[name]?.at(0.5) ?? 0), seconds(stretches[name]?.at(0.99) ?? 0)]),
  );
  print(
    `\ncalls ${calls}, of others ${others.length}, in ${seconds(clock.now() - begins)} s; failures ${world.failures.length} ${String(world.failures[0])}`,
  );
  const goals: Goal[] = [
    {
      figure: "on demand, 160 lines, presses one at a time, 99 %",
      reach: "≤ 3 s",
      seen: `${seconds(alone.at(0.99))} s`,
      isReached: alone.at(0.99) <= 3_000,
    },
    {
      figure: "… more for each press that overlaps, 99 %",
      reach: "≤ 1.7 s",
      seen: `${seconds(more.at(0.99))} s`,
      isReached: more.at(0.99) <= 1_700,
    },
    {
      figure: "slots of others ahead of a person's first call, at most",
      reach: "≤ 30",
      seen: String(ahead.at(1)),
      isReached: ahead.at(1) <= 30,
    },
  ];
  return goals;
};
