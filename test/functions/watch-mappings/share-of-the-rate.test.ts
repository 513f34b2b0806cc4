import { describe, expect, it } from "vitest";
import { probesOf } from "#functions/sync-accounts/probes";
import { lookBudget } from "#functions/watch-mappings/look-budget";
import { mappingEvidence } from "#shared/customers/mapped";
import { nextLookAt, noLooks, paceOfLooks } from "#shared/integrations/record/looks";
import { dayMs } from "#shared/schedules/zoned-time";
import type { CustomerUsage } from "#shared/usage/usage";
import { aCustomer } from "#test/builders/customer";
import { seededRandom } from "#test/builders/seeded-random";
import { aCount } from "#test/builders/usage";
import { inMemoryTable } from "#test/fakes/in-memory-table";
import { callsPerSecond } from "#test/fakes/rate";

// a fifth of 5,000 partners with a fifth of the rate
const partners = 1_000;
const perSecond = callsPerSecond / 5;
const servicesEach = 3;
const minuteMs = 60_000;

/** Lines of a partner: log-normal with a median of 70 and a mean of 160, as the fleet's are. */
const sizes = (count: number): number[] => {
  const random = seededRandom(7);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Array.from({ length: count }, () => Math.max(1, Math.round(70 * Math.exp(1.286 * normal()))));
};

/** What a look tries of a partner with so many lines that maps nothing, by the code that looks. */
const probesPerLook = (lines: number, isTelling: boolean, sweepLooks: number): number => {
  const customers = Array.from({ length: Math.ceil(lines / servicesEach) }, (_, at) => aCustomer({ id: `c${at}` }));
  const serviceIds = Array.from({ length: Math.min(lines, servicesEach) }, (_, at) => `s${at}`);
  const counts = Object.fromEntries(serviceIds.map((id) => [id, aCount()]));
  const usage = new Map(
    customers.map(({ id }): [string, CustomerUsage] => [id, { partnerId: "p", customerId: id, counts, version: 1 }]),
  );
  const seen = {
    listed: customers,
    listedUnbilled: [],
    leftOutServiceIds: new Set<string>(),
    // one account of many is mapped, and no service
    told: (id: string) => (isTelling ? id === "c0" : null),
    usage,
    entries: new Map(),
    evidence: mappingEvidence({ ledger: [], proofGen: 0, toldAt: null, seenServiceIds: [] }),
    proofGen: 0,
    readyServiceIds: new Set(serviceIds),
  };
  return probesOf(seen, { isAwaited: false, sweepLooks, at: "2026-11-22T12:00:00.000Z" }).length;
};

/**
 * Every partner connects at the same moment and never maps; each minute the job owes what is due. Answers the calls of
 * each day.
 */
const callsByDay = async (isTelling: boolean, days: number): Promise<number[]> => {
  const table = inMemoryTable();
  const start = Date.parse("2026-11-01T00:00:00.000Z");
  const lively = { ...noLooks, livelyAt: new Date(start).toISOString() };
  const known = new Map<string, number>();
  const callsOf = (lines: number, quietMs: number): number => {
    const pace = paceOfLooks(quietMs);
    if (!pace) return 1;
    const key = `${Math.min(lines, 1_000)} ${pace.sweepLooks}`;
    const probes = known.get(key) ?? probesPerLook(Math.min(lines, 1_000), isTelling, pace.sweepLooks);
    known.set(key, probes);
    return 1 + probes;
  };
  const fleet = sizes(partners).map((lines) => ({ lines, dueAt: start }));
  const calls: number[] = Array.from({ length: days }, () => 0);
  let nextDue = start;
  for (let now = start; now < start + days * dayMs; now += minuteMs) {
    if (now < nextDue) continue;
    const budget = lookBudget({ table, now: () => new Date(now), callsPerSecond: perSecond });
    const due = fleet.filter(({ dueAt }) => dueAt <= now).sort((a, b) => a.dueAt - b.dueAt);
    for (const one of due) {
      const cost = callsOf(one.lines, now - start);
      if (!(await budget.take(cost))) break;
      calls[Math.floor((now - start) / dayMs)] = (calls[Math.floor((now - start) / dayMs)] ?? 0) + cost;
      const next = nextLookAt(lively, new Date(now).toISOString());
      // after the last look the token is tried, once a day
      one.dueAt = next === null ? now + dayMs : Date.parse(next);
    }
    await budget.settle();
    nextDue = fleet.reduce((earliest, { dueAt }) => Math.min(earliest, dueAt), Number.POSITIVE_INFINITY);
  }
  return calls;
};

describe.each([
  ["where Gradient tells that one account of many is mapped", true],
  ["where only counts tell", false],
])("5,000 partners that connect at once and never finish mapping, %s", (_, isTelling) => {
  it("take at most a tenth of the rate on the first day, and a twentieth over the month", async () => {
    const calls = await callsByDay(isTelling, 30);

    const share = (some: number[]) => some.reduce((a, b) => a + b, 0) / (some.length * perSecond * 24 * 60 * 60);
    expect(share(calls.slice(0, 1))).toBeLessThanOrEqual(0.1);
    expect(share(calls)).toBeLessThanOrEqual(0.05);
    // and they are looked at, all of them, every day
    expect(Math.min(...calls)).toBeGreaterThanOrEqual(partners);
  });
});
