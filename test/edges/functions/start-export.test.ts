import { expect, it } from "vitest";
import { aProblem, jsonHeaders } from "#test/builders/http-event";
import { hubApi } from "#test/fakes/hub-api";
import { serviceWorld } from "#test/fakes/service-world";

const exportId = "20261122T100000000Z-id-1";
const connectedApi = async () => {
  const world = serviceWorld();
  await world.addCustomer("a");
  await world.connect();
  return { world, ...hubApi(world) };
};

it("answers with the export, and a repeat with the id of the one that is running", async () => {
  const { ask } = await connectedApi();

  expect(await ask("startExport", { body: { mode: "dry-run", customerIds: ["a"] } })).toEqual({
    status: 202,
    headers: jsonHeaders,
    body: {
      id: exportId,
      trigger: "manual",
      startedBy: "person-1",
      mode: "dry-run",
      state: "planned",
      outcome: null,
      customerIds: ["a"],
      stoppedBy: null,
      settled: 0,
      totals: { lines: 0, accepted: 0, unchanged: 0, unmapped: 0, rejected: 0, deferred: 0, superseded: 0 },
      createdAt: "2026-11-22T10:00:00.000Z",
      startedAt: null,
      finishedAt: null,
    },
  });
  expect(await ask("startExport")).toEqual(
    aProblem(
      409,
      "export.already-running",
      "Not possible now",
      "An export is running already. Wait for it, or cancel it.",
      { exportId },
    ),
  );
});

it.each([undefined, {}])("sends what changed where the body is %j", async (body) => {
  const { ask } = await connectedApi();

  expect(await ask("startExport", body && { body })).toMatchObject({
    status: 202,
    body: { mode: "changes", customerIds: null },
  });
});

it("answers for customers that do not exist with 404, and names them", async () => {
  const { ask } = await connectedApi();

  expect(await ask("startExport", { body: { customerIds: ["a", "x"] } })).toEqual(
    aProblem(404, "customer.unknown", "Not found", "Some of the customers do not exist.", {
      errors: [{ path: "customerIds.1", message: "There is no such customer." }],
    }),
  );
});
