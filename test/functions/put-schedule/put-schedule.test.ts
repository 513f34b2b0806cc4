import { expect, it } from "vitest";
import { putSchedule } from "#functions/put-schedule/put-schedule";
import { startIntegration } from "#functions/start-integration/start-integration";
import { findIntegration } from "#shared/integrations/integration";
import type { ExportSchedule } from "#shared/schedules/schedule";
import { anIntegrationRow } from "#test/builders/integration";
import { aTableWith, everyRow, rowsOf } from "#test/builders/table";
import { countingIds, minutesAfter, noon, now } from "#test/builders/time";
import type { InMemoryTable } from "#test/fakes/in-memory-table";
import { serviceWorld } from "#test/fakes/service-world";

const by = { actor: "person-1", actorName: "Dana Reyes", address: "198.51.100.7" };
const schedule: ExportSchedule = {
  frequency: "monthly",
  dayOfMonth: 31,
  hour: 5,
  timeZone: "Europe/Prague",
  pausedUntil: null,
};
const put = (table: InMemoryTable, change: Partial<ExportSchedule> = {}) =>
  putSchedule({ table, now, newId: countingIds() })({
    partnerId: "org-1001",
    schedule: { ...schedule, ...change } as ExportSchedule,
    by,
  });

it("takes effect at once: the next run is the new one", async () => {
  const table = await aTableWith(anIntegrationRow());

  await put(table);

  expect(await findIntegration(table, "org-1001")).toMatchObject({ schedule, nextRunAt: "2026-11-30T04:00:00.000Z" });
});

it("waits for the end of a pause", async () => {
  const table = await aTableWith(anIntegrationRow());

  await put(table, { pausedUntil: "2027-01-15T00:00:00.000Z" });

  expect(await findIntegration(table, "org-1001")).toMatchObject({ nextRunAt: "2027-01-31T04:00:00.000Z" });
});

it.each<[string, string | null]>([
  ["without a pause", null],
  ["with a pause that is over, as it stands in what was stored", minutesAfter(-60)],
  ["with a pause that ends now", noon],
  ["with a pause that begins now: it comes after that", minutesAfter(1)],
])("still brings a run that is due already, %s", async (_, pausedUntil) => {
  const table = await aTableWith(anIntegrationRow({ nextRunAt: minutesAfter(-5) }));

  await put(table, { pausedUntil });

  expect(await findIntegration(table, "org-1001")).toMatchObject({
    schedule: { pausedUntil },
    nextRunAt: "2026-11-30T04:00:00.000Z",
    wants: { all: { wanted: 1, covered: 0, since: minutesAfter(-5), trigger: "schedule" } },
  });
});

it("brings a date that came while the partner is suspended when that is over", async () => {
  const table = await aTableWith(anIntegrationRow({ state: "suspended", nextRunAt: minutesAfter(-5) }));

  await put(table);

  expect(await findIntegration(table, "org-1001")).toMatchObject({ nextRunAt: minutesAfter(-5) });
});

it("says who changed it, and from what to what", async () => {
  const table = await aTableWith(anIntegrationRow());

  await put(table);

  expect(rowsOf(table, "partner#org-1001", "event#")).toMatchObject([
    {
      type: "schedule.changed",
      ...by,
      details: {
        before: '{"frequency":"daily","hour":2,"pausedUntil":null} Europe/Prague',
        after: '{"frequency":"monthly","dayOfMonth":31,"hour":5,"pausedUntil":null} Europe/Prague',
      },
    },
  ]);
});

it("may be set before anything is sent, and starts nothing then", async () => {
  const world = serviceWorld();
  await startIntegration(world.common)(world);

  await putSchedule(world.common)({ partnerId: world.partnerId, schedule, by });

  expect(await world.integration()).toMatchObject({ state: "awaiting-token", schedule, nextRunAt: null });
});

it("keeps to the last of two that come at the same time", async () => {
  const table = await aTableWith(anIntegrationRow());

  await Promise.all([put(table), put(table, { hour: 6 })]);

  expect(await findIntegration(table, "org-1001")).toMatchObject({ version: 3 });
  expect(rowsOf(table, "partner#org-1001", "event#")).toHaveLength(2);
});

it.each(["disconnected", undefined] as const)("is out of step where the integration is %s", async (state) => {
  const table = await (state ? aTableWith(anIntegrationRow({ state })) : aTableWith());
  const before = everyRow(table);

  await expect(put(table)).rejects.toMatchObject({ code: "integration.wrong-step" });
  expect(everyRow(table)).toEqual(before);
});
