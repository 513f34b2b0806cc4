import type { ExportSchedule } from "#shared/schedules/schedule";
import { type Random, seededRandom } from "../world/random.ts";
import { someRates } from "../world/weather.ts";
import type { History, HistoryKind, PartnerPlan, Spell } from "./history.ts";
import { someBadDays } from "./make-bad-days.ts";
import { someDeeds } from "./make-deeds.ts";
import { type Size, someSize } from "./sizes.ts";

const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

// after these, clocks go back or forward within a week: Denver, Prague, Auckland
const clockChanges = ["2026-10-24", "2026-10-31", "2027-03-13", "2027-03-27", "2027-04-03", "2026-09-26"] as const;
const zones = ["Europe/Prague", "Asia/Kolkata", "America/Denver", "Pacific/Auckland"] as const;

/** In the last five days of a month, when partners reconcile, or when clocks change. */
const someBegin = (random: Random): number => {
  if (random.chance(1 / 8)) return Date.parse(random.pick(clockChanges)) + Math.round(random.next() * dayMs);
  const month = random.below(12);
  return Date.UTC(2026, 9 + month, 0) - random.below(5) * dayMs + Math.round(random.next() * dayMs);
};

/** Jobs run every minute: what is due in a short history is to be begun within its scene. */
const beforeAMinute = (random: Random, at: number): number =>
  Math.ceil(at / minuteMs) * minuteMs - Math.round(random.between(0, 15_000));

const someSchedule = (random: Random): ExportSchedule => {
  const every = { hour: random.below(24), timeZone: random.pick(zones), pausedUntil: null };
  const part = random.next();
  if (part < 0.6) return { frequency: "daily", ...every };
  if (part < 0.8) return { frequency: "month-end", ...every };
  if (part < 0.9) return { frequency: "weekly", dayOfWeek: 1 + random.below(7), ...every };
  return { frequency: "monthly", dayOfMonth: 1 + random.below(31), ...every };
};

const somePlan = (random: Random, { customers: atMost, active, dueInMs }: Size): PartnerPlan => {
  const customers = 1 + random.below(atMost);
  const unmapped = Array.from({ length: customers }, (_, index) => index).filter(() => random.chance(0.2));
  return {
    customers,
    ledgerBits: random.below(3),
    isActive: random.chance(active),
    unmapped,
    schedule: someSchedule(random),
    dueInMs: random.pick(dueInMs),
    quietForMs: random.pick([0, 2 * hourMs, 2 * dayMs, 2 * dayMs]),
    tokenCheckInMs: random.pick([minuteMs, 6 * hourMs, 20 * hourMs]),
  };
};

/** Where something happens: the begin, a date, the begin or the end of trouble, and somewhere in between. */
const someScenes = (
  random: Random,
  { partners, badDays, lengthMs }: Pick<History, "partners" | "badDays" | "lengthMs">,
  { scenes, spanMs }: Size,
) => {
  const edges = [...badDays.flatMap(({ from, until }) => [from, until]), ...partners.map(({ dueInMs }) => dueInMs)];
  const starts = edges
    .filter((at) => at < lengthMs && random.chance(0.5))
    .map((at) => Math.max(0, at - random.below(5_000)));
  if (random.chance(0.3)) starts.push(random.below(lengthMs));
  return [0, ...starts].slice(0, scenes).map((from) => ({ from, spanMs: random.pick(spanMs) }));
};

/** A history that only depends on its seed and kind. */
export const makeHistory = (seed: number, kind: HistoryKind): History => {
  const random = seededRandom(seed).fork(kind);
  const layout = random.fork("layout");
  const size = someSize(layout, kind);
  const partners = Array.from({ length: layout.pick(size.partners) }, () => somePlan(layout, size));
  const services = 1 + layout.below(2);
  // a partner that still has to map is looked at again and again: its story is short
  const lengthMs = layout.pick(partners.some(({ isActive }) => isActive) ? size.lengthMs : size.mappingMs);
  const { isShort } = size;
  const badDays = someBadDays(random.fork("bad days"), { partners: partners.length, lengthMs, isShort });
  const scenes = someScenes(random.fork("scenes"), { partners, badDays, lengthMs }, size);
  const deeds = random.fork("deeds");
  return {
    seed,
    kind,
    startsAt: isShort ? beforeAMinute(layout, someBegin(layout)) : someBegin(layout),
    lengthMs,
    services,
    unmappedServices: layout.chance(0.05) ? [layout.below(services)] : [],
    partners,
    happenings: scenes.flatMap((scene, index) =>
      someDeeds(deeds.fork(`scene ${index}`), scene, { partners, services, isShort }),
    ),
    badDays,
    spells: scenes.map(({ from, spanMs }): Spell => ({ from, until: from + spanMs + deeds.between(0, 30_000) })),
    rates: someRates(random.fork("rates"), isShort),
    tellsMapping: layout.chance(0.5),
    skews: layout.chance(0.5),
    tempts: layout.chance(size.tempts),
  };
};
