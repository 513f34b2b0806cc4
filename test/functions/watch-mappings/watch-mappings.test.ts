import { expect, it } from "vitest";
import { watchMappings } from "#functions/watch-mappings/watch-mappings";
import { type Integration, noMapping } from "#shared/integrations/integration";
import { anIntegrationRow } from "#test/builders/integration";
import { aTableWith, everyRow, owedTasks, rowsOf } from "#test/builders/table";
import { countingIds, minutesAfter, noon, now } from "#test/builders/time";
import type { InMemoryTable } from "#test/fakes/in-memory-table";

const waiting = (minutes: number, more: Partial<Integration> = {}) =>
  anIntegrationRow({
    state: "awaiting-mapping",
    nextRunAt: null,
    mapping: { ...noMapping, waitingSince: minutesAfter(-minutes), nextCheckAt: noon },
    ...more,
  });

const watch = (table: InMemoryTable, remainingMs = () => 60_000) =>
  watchMappings({ table, now, newId: countingIds() })({ remainingMs });
const nextCheckOf = (table: InMemoryTable, partnerId = "org-1001") =>
  rowsOf(table, `partner#${partnerId}`, "integration").map(({ mapping }) => Object(mapping).nextCheckAt);

it.each([
  ["five minutes in the first hour", 0, 5],
  ["five minutes up to the hour", 59, 5],
  ["a quarter of an hour on the first day", 60, 15],
  ["a quarter of an hour up to the day", 24 * 60 - 1, 15],
  ["an hour from then on", 24 * 60, 60],
  ["an hour after weeks", 30 * 24 * 60, 60],
])("looks again after %s", async (_, waitedMinutes, nextMinutes) => {
  const table = await aTableWith(waiting(waitedMinutes));

  expect(await watch(table)).toEqual({ checked: 1 });

  expect(nextCheckOf(table)).toEqual([minutesAfter(nextMinutes)]);
  expect(owedTasks(table)).toEqual([{ kind: "sync-accounts", partnerId: "org-1001", reason: "watch" }]);
});

it("looks once per turn, also when two ticks come at the same time", async () => {
  const table = await aTableWith(waiting(10));

  const reports = await Promise.all([watch(table), watch(table)]);
  await watch(table);

  expect(reports.map(({ checked }) => checked).sort()).toEqual([0, 1]);
  expect(owedTasks(table)).toHaveLength(1);
});

it.each<[string, Partial<Integration>]>([
  ["is active", { state: "active" }],
  ["is suspended", { state: "suspended" }],
  ["has left", { state: "disconnected" }],
  ["is not due", { mapping: { ...noMapping, waitingSince: noon, nextCheckAt: minutesAfter(1) } }],
])("leaves alone a partner that %s", async (_, more) => {
  const table = await aTableWith(waiting(10, more));
  const before = everyRow(table);

  expect(await watch(table)).toEqual({ checked: 0 });
  expect(everyRow(table)).toEqual(before);
});

it("comes to everybody, page after page", async () => {
  const table = await aTableWith(
    ...Array.from({ length: 250 }, (_, index) => waiting(10, { partnerId: `org-${index}` })),
  );

  expect(await watch(table)).toEqual({ checked: 250 });
});

it("stops in time, and goes on with the next tick", async () => {
  const table = await aTableWith(
    ...Array.from({ length: 150 }, (_, index) => waiting(10, { partnerId: `org-${index}` })),
  );
  const left = [60_000, 5_000];

  expect(await watch(table, () => left.shift() ?? 0)).toEqual({ checked: 100 });
  expect(await watch(table)).toEqual({ checked: 50 });
});

it("lets one unreadable record keep nobody else from its turn", async () => {
  const broken = { ...waiting(10), pk: "partner#broken", schedule: null };
  const table = await aTableWith(broken, waiting(10), waiting(10, { partnerId: "org-2" }));

  await expect(watch(table)).rejects.toThrow();

  expect(owedTasks(table)).toHaveLength(2);
});
