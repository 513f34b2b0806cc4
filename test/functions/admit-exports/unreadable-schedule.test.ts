import { expect, it } from "vitest";
import { putSchedule } from "#functions/put-schedule/put-schedule";
import { startIntegration } from "#functions/start-integration/start-integration";
import { admitNext } from "#shared/exports/admission/admit";
import { activateIntegration } from "#shared/integrations/activate-integration";
import { findIntegration } from "#shared/integrations/integration";
import type { StoredSchedule } from "#shared/schedules/schedule";
import { integrationView } from "#shared/views/integration-view";
import { anIntegrationRow } from "#test/builders/integration";
import { aPartnerRow } from "#test/builders/partner";
import { printedBy } from "#test/builders/stdout";
import { aTableWith } from "#test/builders/table";
import { countingIds, noon, now } from "#test/builders/time";
import type { InMemoryTable } from "#test/fakes/in-memory-table";

const schedule: StoredSchedule = { frequency: "daily", hour: 2, timeZone: "+05:30", pausedUntil: null };
const deps = (table: InMemoryTable) => ({ table, now, newId: countingIds() });
const integrationIn = (table: InMemoryTable) => findIntegration(table, "org-1001");
const tick = async (table: InMemoryTable) => {
  const reports: unknown[] = [];
  const printed = await printedBy(
    async () => void reports.push(await admitNext({ ...deps(table), obstacleFor: async () => null })(null)),
  );
  return { report: reports[0], printed };
};
const inUtc = {
  schedule,
  nextRunAt: "2026-11-23T02:00:00.000Z",
  problems: [{ code: "schedule.unreadable", since: noon }],
};

it("has its runs in UTC, shows on the partner's page, and alarms", async () => {
  const table = await aTableWith(anIntegrationRow({ schedule, nextRunAt: noon }));

  const { report, printed } = await tick(table);

  expect(report).toMatchObject({ partnerId: "org-1001" });
  expect(await integrationIn(table)).toMatchObject(inUtc);
  expect(JSON.parse(printed)).toMatchObject({ level: "ERROR", partnerId: "org-1001" });
  const view = integrationView({
    table,
    gradientBaseUrl: "https://gradient.example/api",
    now: () => new Date(),
    obstacleFor: async () => null,
  });
  expect(await view("org-1001", await integrationIn(table))).toMatchObject({
    schedule,
    problems: [{ code: "schedule.unreadable", whatToDo: expect.stringContaining("Save it again") }],
  });
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
