import { expect, it } from "vitest";
import { lookShare } from "#functions/watch-mappings/look-budget";
import { watchMappings } from "#functions/watch-mappings/watch-mappings";
import { type Integration, noMapping } from "#shared/integrations/integration";
import { type Looks, noLooks } from "#shared/integrations/record/looks";
import { anIntegrationRow } from "#test/builders/integration";
import { aServiceRow } from "#test/builders/service";
import { aTableWith, everyRow, owedTasks, rowsOf } from "#test/builders/table";
import { countingIds, minutesAfter, noon, now } from "#test/builders/time";
import type { InMemoryTable } from "#test/fakes/in-memory-table";
import { callsPerSecond } from "#test/fakes/rate";

const waiting = (more: Partial<Integration> = {}, looks: Partial<Looks> = {}) =>
  anIntegrationRow({
    state: "awaiting-mapping",
    nextRunAt: null,
    mapping: { ...noMapping, waitingSince: minutesAfter(-10), nextCheckAt: noon },
    looks: { ...noLooks, ...looks },
    ...more,
  });

const watch = (table: InMemoryTable, { remainingMs = (): number => 60_000, at = now, rate = callsPerSecond } = {}) =>
  watchMappings({ table, now: at, newId: countingIds(), callsPerSecond: rate })({ remainingMs });
const integrationOf = (table: InMemoryTable, partnerId = "org-1001") =>
  rowsOf(table, `partner#${partnerId}`, "integration")[0] as unknown as Integration;

it("owes a look to whoever is due, and leaves it to the look's end when the next one comes", async () => {
  const table = await aTableWith(waiting());

  expect(await watch(table)).toEqual({ looks: 1, ready: 0 });

  expect(owedTasks(table)).toEqual([{ kind: "sync-accounts", partnerId: "org-1001", reason: "watch" }]);
  expect(integrationOf(table)).toMatchObject({
    mapping: { nextCheckAt: noon },
    looks: { until: minutesAfter(15), holder: null },
  });
});

it("looks once per turn, also when two ticks come at the same time", async () => {
  const table = await aTableWith(waiting());

  const reports = await Promise.all([watch(table), watch(table)]);
  await watch(table);

  expect(reports.map(({ looks }) => looks).sort()).toEqual([0, 1]);
  expect(owedTasks(table)).toHaveLength(1);
});

it.each<[string, Partial<Integration>, Partial<Looks>, string]>([
  ["whose look was lost", {}, { until: minutesAfter(-1) }, "watch"],
  ["that is active and was not looked at for a day", { state: "active" }, {}, "watch"],
  ["whose token is to be tried", { mapping: noMapping }, { tokenCheckAt: noon }, "watch"],
  ["whose suspended token is to be tried", { state: "suspended" }, { tokenCheckAt: noon }, "watch"],
])("comes to a partner %s", async (_, more, looks, reason) => {
  const table = await aTableWith(waiting(more, looks));

  expect(await watch(table)).toEqual({ looks: 1, ready: 0 });
  expect(owedTasks(table)).toMatchObject([{ kind: "sync-accounts", reason }]);
});

it.each<[string, Partial<Integration>, Partial<Looks>]>([
  ["is suspended, and was tried today", { state: "suspended" }, { tokenCheckAt: minutesAfter(60) }],
  ["has left", { state: "disconnected" }, {}],
  ["is not due", { mapping: { ...noMapping, nextCheckAt: minutesAfter(1) } }, {}],
  ["is being looked at", {}, { until: minutesAfter(1), holder: "worker-1" }],
])("leaves alone a partner that %s", async (_, more, looks) => {
  const table = await aTableWith(waiting(more, looks));
  const before = everyRow(table);

  expect(await watch(table)).toEqual({ looks: 0, ready: 0 });
  expect(everyRow(table)).toEqual(before);
});

it("wants everything, without a call, once a service that lines wait for is in Gradient", async () => {
  const active = waiting(
    { state: "active", awaitedServiceIds: ["svc-dns", "svc-edr"], mapping: noMapping },
    { servicesSince: minutesAfter(-1), servicesCheckAt: noon },
  );
  const table = await aTableWith(active, aServiceRow(), aServiceRow({ id: "svc-edr", gradientServiceId: null }));

  expect(await watch(table)).toEqual({ looks: 0, ready: 1 });

  expect(integrationOf(table)).toMatchObject({
    awaitedServiceIds: ["svc-edr"],
    wants: { all: { wanted: 1, covered: 0, trigger: "mapping" } },
    looks: { servicesCheckAt: minutesAfter(1 / 12) },
  });
  expect(owedTasks(table)).toEqual([]);
});

it.each([
  ["some seconds, to be done by the next job", 0, 1 / 12],
  ["five", 20, 5],
  ["fifteen", 90, 15],
  ["an hour", 5 * 60, 60],
  ["a day", 26 * 60, 24 * 60],
  ["a day, for ever", 90 * 24 * 60, 24 * 60],
])("compares services after %s where they are not there yet", async (_, waitedMinutes, nextMinutes) => {
  const looks = { servicesSince: minutesAfter(-waitedMinutes), servicesCheckAt: noon };
  const row = waiting({ state: "active", awaitedServiceIds: ["svc-edr"], mapping: noMapping }, looks);
  const table = await aTableWith(row, aServiceRow({ id: "svc-edr", gradientServiceId: null }));

  expect(await watch(table)).toEqual({ looks: 0, ready: 0 });

  expect(integrationOf(table).looks.servicesCheckAt).toBe(minutesAfter(nextMinutes));
  expect(integrationOf(table).wants.all.wanted).toBe(0);
});

it("comes to everybody, page after page", async () => {
  const table = await aTableWith(
    ...Array.from({ length: 250 }, (_, index) => waiting({ partnerId: `org-${index}` }, { calls: 1 })),
  );

  expect(await watch(table)).toEqual({ looks: 250, ready: 0 });
});

it("keeps all looks of a minute to their share of the rate, the longest due first, and goes on with the next", async () => {
  const row = (index: number) => {
    const nextCheckAt = minutesAfter(-index);
    return waiting({ partnerId: `org-${index}`, mapping: { ...noMapping, nextCheckAt } }, { calls: 6 });
  };
  const table = await aTableWith(...Array.from({ length: 250 }, (_, index) => row(index)));
  // the last one may go beyond it
  const inAMinute = Math.ceil((callsPerSecond * 60 * lookShare) / 6);

  expect(await watch(table)).toEqual({ looks: inAMinute, ready: 0 });
  expect(await watch(table)).toEqual({ looks: 0, ready: 0 });
  expect(integrationOf(table, "org-249").looks.until).not.toBe(null);
  expect(integrationOf(table, "org-0").looks.until).toBe(null);
  const nextMinute = await watch(table, { at: () => new Date(minutesAfter(1)) });
  expect([inAMinute - 1, inAMinute]).toContain(nextMinute.looks);
});

it("lets a look that costs more than a minute's share go out, and makes the next ones wait for it", async () => {
  const rows = ["org-1", "org-2"].map((partnerId) => waiting({ partnerId }, { calls: 51 }));
  const table = await aTableWith(...rows);
  const looksAt = async (minute: number) =>
    (await watch(table, { at: () => new Date(minutesAfter(minute)), rate: 2 })).looks;

  // eleven calls a minute
  expect([await looksAt(0), await looksAt(1), await looksAt(3), await looksAt(5)]).toEqual([1, 0, 0, 1]);
});

it("stops in time, and goes on with the next tick", async () => {
  const table = await aTableWith(
    ...Array.from({ length: 150 }, (_, index) => waiting({ partnerId: `org-${index}` }, { calls: 1 })),
  );
  const left = [60_000, 5_000];

  expect(await watch(table, { remainingMs: () => left.shift() ?? 0 })).toEqual({ looks: 100, ready: 0 });
  expect(await watch(table)).toEqual({ looks: 50, ready: 0 });
});

it("lets one unreadable record keep nobody else from its turn", async () => {
  const broken = { ...waiting(), pk: "partner#broken", schedule: null };
  const table = await aTableWith(broken, waiting(), waiting({ partnerId: "org-2" }));

  await expect(watch(table)).rejects.toThrow();

  expect(owedTasks(table)).toHaveLength(2);
});
