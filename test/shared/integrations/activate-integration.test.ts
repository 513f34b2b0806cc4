import { expect, it } from "vitest";
import { activateIntegration } from "#shared/integrations/activate-integration";
import { noMapping } from "#shared/integrations/integration";
import { anIntegrationRow } from "#test/builders/integration";
import { aTableWith, everyRow } from "#test/builders/table";
import { countingIds, now } from "#test/builders/time";

const activateWith = async (connectionId: string) => {
  const table = await aTableWith(anIntegrationRow({ state: "awaiting-mapping", mapping: noMapping, nextRunAt: null }));
  const before = everyRow(table);
  await activateIntegration({ table, now, newId: countingIds() })({ partnerId: "org-1001", connectionId });
  return { before, after: everyRow(table) };
};

it("opens the step after mapping with a date of the schedule, and wants everything", async () => {
  const { after } = await activateWith("connection-1");

  expect(after).toContainEqual(
    expect.objectContaining({
      state: "active",
      nextRunAt: expect.any(String),
      wants: expect.objectContaining({ all: expect.objectContaining({ wanted: 1, trigger: "mapping" }) }),
    }),
  );
  expect(after).toContainEqual(expect.objectContaining({ type: "integration.activated" }));
});

it("proves nothing with a count on a connection that the partner has left", async () => {
  const { before, after } = await activateWith("connection-0");

  expect(after).toEqual(before);
});
