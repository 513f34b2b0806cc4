import type { History, PartnerPlan } from "../history/history.ts";
import type { Rates } from "../world/weather.ts";

const noFaults: Rates = {
  dies: 0,
  down: 0,
  loses: 0,
  pauses: 0,
  slow: 0,
  unanswered: 0,
  throttled: 0,
  refused: 0,
  vendorKeyLost: 0,
};
export const noon = Date.parse("2026-11-22T12:00:00.000Z");
const dayMs = 24 * 3_600_000;

/** A history in which nothing happens, with one partner: what does happen, a story says. */
export const calmHistory = (plan: Partial<PartnerPlan> = {}, services = 1): History => ({
  seed: 1,
  kind: "partner",
  startsAt: noon,
  lengthMs: dayMs,
  services,
  unmappedServices: [],
  partners: [
    {
      customers: 3,
      ledgerBits: 0,
      isActive: true,
      unmapped: [],
      schedule: { frequency: "daily", hour: 2, timeZone: "Europe/Prague", pausedUntil: null },
      dueInMs: dayMs,
      quietForMs: 0,
      tokenCheckInMs: dayMs,
      ...plan,
    },
  ],
  happenings: [],
  badDays: [],
  spells: [],
  rates: noFaults,
  tellsMapping: true,
  skews: false,
  tempts: false,
});
