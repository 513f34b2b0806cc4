import type { CountAnswer } from "#shared/gradient/gradient-api";
import { dayMs, hourMs } from "#shared/schedules/zoned-time";
import { callsPerSecond } from "#test/fakes/rate";
import { print, printTable } from "../report.ts";
import { serviceIds } from "../rig/partner-rows.ts";
import { type FleetPartner, fleetOf } from "./fleet-partners.ts";
import { customerIdOf } from "./fleet-usage.ts";
import { fleetWorld } from "./fleet-world.ts";
import type { Goal } from "./goals.ts";

export interface MappingSettings {
  /** How many never finish. */
  partners: number;
  /** Of those and of the rate. */
  share: number;
  days: number;
}

const begins = Date.parse("2026-11-02T12:00:00.000Z");
const reaches = { firstDay: 0.1, month: 0.05 };

/** How far a partner has come, and whether Gradient tells it which accounts are mapped. */
const kinds = [
  { isTold: false, mappedAccounts: 0 },
  { isTold: true, mappedAccounts: 0 },
  { isTold: false, mappedAccounts: 1 },
  { isTold: true, mappedAccounts: 1 },
] as const;
const kindOf = (partner: number) => kinds[partner % kinds.length] ?? kinds[0];

/** Nobody has mapped a service, so no count is taken. */
const answerTo = (partner: number, place: number | null): CountAnswer => {
  if (place === null) return { kind: "accepted" };
  const customer = Math.floor(place / serviceIds.length);
  const [half, id] =
    customer < kindOf(partner).mappedAccounts
      ? ["service", `gradient-${serviceIds[place % serviceIds.length]}`]
      : ["account", customerIdOf(partner, customer)];
  return { kind: "unmapped", message: `No ${half} map found with id: ${id}` };
};

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

/** Partners who all confirm within an hour and never finish their mapping, a month long: what their looks take. */
export const playMapping = async ({ partners: count, share, days }: MappingSettings): Promise<Goal[]> => {
  const perSecond = callsPerSecond * share;
  const partners = fleetOf(count * share, begins)
    .slice(0, -1)
    .map((partner, place, all): FleetPartner => {
      const mapsSince = new Date(begins + Math.round((hourMs * place) / all.length)).toISOString();
      return { ...partner, nextRunAt: null, mapsSince };
    });
  const byDay = Array.from({ length: days + 1 }, () => ({ counts: 0, others: 0 }));
  const dayOf = (at: number) => byDay[Math.floor((at - begins) / dayMs)] ?? { counts: 0, others: 0 };

  const world = fleetWorld({
    partners,
    from: begins,
    perSecond,
    answerTo,
    isMapped: (partner, customer) => {
      const { isTold, mappedAccounts } = kindOf(partner);
      return isTold ? customer < mappedAccounts : undefined;
    },
    onCount: ({ at }) => {
      dayOf(at).counts += 1;
    },
    onCall: ({ at }) => {
      dayOf(at).others += 1;
    },
    onEnd: () => undefined,
  });
  const { clock, service } = world;
  service.start(begins + 30_000);
  await clock.runUntil(begins + days * dayMs);

  const ofRate = (calls: number, length: number) => calls / (perSecond * 86_400 * length);
  const callsOn = (day: number) => (byDay[day]?.counts ?? 0) + (byDay[day]?.others ?? 0);
  const all = byDay.reduce((sum, _, day) => sum + callsOn(day), 0);
  const [firstDay, month] = [ofRate(callsOn(0), 1), ofRate(all, days)];
  print(`\n${partners.length} partners that never finish, ${perSecond} calls a second, ${days} days\n`);
  printTable(
    ["day", "lists and other calls", "counts", "of the rate"],
    [0, 1, 2, days - 1].map((day) => [
      day + 1,
      byDay[day]?.others ?? 0,
      byDay[day]?.counts ?? 0,
      percent(ofRate(callsOn(day), 1)),
    ]),
  );
  print(
    `\nLooks: ${JSON.stringify(service.lookOutcomes)}; failures ${world.failures.length} ${String(world.failures[0])}`,
  );
  return [
    {
      figure: "share of the rate taken by 5,000 partners that never map, over the month",
      reach: `≤ ${100 * reaches.month} %`,
      seen: percent(month),
      isReached: month <= reaches.month && all > 0,
    },
    {
      figure: "… on the first day",
      reach: `≤ ${100 * reaches.firstDay} %`,
      seen: percent(firstDay),
      isReached: firstDay <= reaches.firstDay && all > 0,
    },
  ];
};
