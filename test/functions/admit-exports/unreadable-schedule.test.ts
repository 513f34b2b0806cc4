import { expect, it } from "vitest";
import { putSchedule } from "#functions/put-schedule/put-schedule";
import { startIntegration } from "#functions/start-integration/start-integration";
import { admitNext } from "#shared/exports/admission/admit";
import { activateIntegration } from "#shared/integrations/activate-integration";
import { findIntegration, integrationWrite } from "#shared/integrations/integration";
import type { StoredSchedule } from "#shared/schedules/schedule";
import { store } from "#shared/table/table";
import { integrationView } from "#shared/views/integration-view";
import { activeWorld, send } from "#test/builders/connected-world";
import { anIntegrationRow } from "#test/builders/integration";
import { aPartnerRow } from "#test/builders/partner";
import { printedBy } from "#test/builders/stdout";
import { aTableWith } from "#test/builders/table";
import { countingIds, noon, now } from "#test/builders/time";
import type { InMemoryTable } from "#test/fakes/in-memory-table";
import type { ServiceWorld } from "#test/fakes/service-world";

// Intl takes the offset for a zone and throws at the other name
const zones = ["Mars/Base", "+05:30"];
const scheduleIn = (timeZone: string): StoredSchedule => ({ frequency: "daily", hour: 2, timeZone, pausedUntil: null });
const schedule = scheduleIn("Mars/Base");
const deps = (table: InMemoryTable) => ({ table, now, newId: countingIds() });
const integrationIn = (table: InMemoryTable) => findIntegration(table, "org-1001");
const tick = async (table: InMemoryTable) => {
  const reports: unknown[] = [];
  const printed = await printedBy(
    async () => void reports.push(await admitNext({ ...deps(table), obstacleFor: async () => null })(null)),
  );
  return { report: reports[0], printed };
};
/** The partner's schedule as no version of ours would store it. */
const unreadableIn = async (world: ServiceWorld, timeZone: string) => {
  const before = await world.integration();
  await store(world.table, integrationWrite({ ...before, schedule: { ...before.schedule, timeZone } }));
};
const inUtc = {
  schedule,
  nextRunAt: "2026-11-23T02:00:00.000Z",
  problems: [{ code: "schedule.unreadable", since: noon }],
};

it.each(zones)("has its runs in UTC, shows on the partner's page, and alarms: %s", async (timeZone) => {
  const stored = scheduleIn(timeZone);
  const table = await aTableWith(anIntegrationRow({ schedule: stored, nextRunAt: noon }));

  const { report, printed } = await tick(table);

  expect(report).toMatchObject({ partnerId: "org-1001" });
  expect(await integrationIn(table)).toMatchObject({ ...inUtc, schedule: stored });
  expect(JSON.parse(printed)).toMatchObject({ level: "ERROR", partnerId: "org-1001" });
  const view = integrationView({
    table,
    gradientBaseUrl: "https://gradient.example/api",
    now: () => new Date(),
    obstacleFor: async () => null,
  });
  expect(await view("org-1001", await integrationIn(table))).toMatchObject({
    schedule: stored,
    problems: [{ code: "schedule.unreadable", whatToDo: expect.stringContaining("Save it again") }],
  });
});

it.each(zones)("has its counts sent, those that a person sends and those that are due: %s", async (timeZone) => {
  const world = await activeWorld(["a", "b"]);
  await unreadableIn(world, timeZone);
  await world.setUsage("a", { dns: 77, sig: 3 });
  expect(await send(world, "changes")).toMatchObject({ outcome: "succeeded", totals: { accepted: 2 } });

  await world.setUsage("b", { dns: 78, sig: 4 });
  await printedBy(async () => {
    await world.pass(Date.parse((await world.integration()).nextRunAt ?? "") - world.clock.now());
    await world.live(2);
  });

  expect(await world.counts()).toEqual({ "a/dns": 77, "a/sig": 3, "b/dns": 78, "b/sig": 4 });
});

it("shows from the activation on", async () => {
  const table = await aTableWith(anIntegrationRow({ schedule, state: "awaiting-mapping", nextRunAt: null }));

  await printedBy(() => activateIntegration(deps(table))({ partnerId: "org-1001", connectionId: "connection-1" }));

  expect(await integrationIn(table)).toMatchObject({ ...inUtc, state: "active" });
});

it("ends with a schedule that a person saves", async () => {
  const table = await aTableWith(anIntegrationRow({ schedule, problems: inUtc.problems as never }));
  const by = { actor: "person-1", actorName: null, address: null };

  await putSchedule(deps(table))({
    partnerId: "org-1001",
    schedule: { frequency: "daily", hour: 2, timeZone: "Asia/Kolkata", pausedUntil: null },
    by,
  });

  expect(await integrationIn(table)).toMatchObject({ nextRunAt: "2026-11-22T20:30:00.000Z", problems: [] });
});

it("ends with the next run once the zone is known again", async () => {
  const table = await aTableWith(anIntegrationRow({ nextRunAt: noon, problems: inUtc.problems as never }));

  expect((await tick(table)).printed).toBe("");

  expect(await integrationIn(table)).toMatchObject({ problems: [] });
});

it("is no schedule that an integration begins with: that begins in UTC, and alarms", async () => {
  const table = await aTableWith(aPartnerRow({ timeZone: "+05:30" }));
  const by = { actor: "person-1", actorName: null, address: null };

  const printed = await printedBy(() => startIntegration(deps(table))({ partnerId: "org-1001", by }));

  expect(await integrationIn(table)).toMatchObject({ schedule: { timeZone: "UTC" } });
  expect(JSON.parse(printed)).toMatchObject({ level: "ERROR", partnerId: "org-1001" });
});
