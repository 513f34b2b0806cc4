import { expect, it } from "vitest";
import { aProblem, jsonHeaders } from "#test/builders/http-event";
import { hubApi } from "#test/builders/hub-api";
import { itemBytes } from "#test/builders/item-size";
import { rowsOf } from "#test/builders/table";
import { anExportRow } from "#test/builders/usage-export";
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

  expect(await ask("startExport", { body: { mode: "full", customerIds: ["a"], serviceIds: ["dns"] } })).toEqual({
    status: 202,
    headers: jsonHeaders,
    body: {
      id: exportId,
      trigger: "manual",
      startedBy: "person-1",
      mode: "full",
      state: "planned",
      outcome: null,
      customerIds: ["a"],
      serviceIds: ["dns"],
      retryOf: null,
      stoppedBy: null,
      reason: null,
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
    body: { mode: "changes", customerIds: null, serviceIds: null },
  });
});

it("takes 500 customers and 500 services, however long their ids are, and keeps them in one row", async () => {
  const { world, ask } = await connectedApi();
  const many = (make: (index: number) => string) => Array.from({ length: 500 }, (_, index) => make(index));
  const customerIds = many((index) => String.fromCodePoint(0x20000 + index).padEnd(256, "🏢"));
  const serviceIds = many((index) => `${index}`.padStart(128, "s"));

  expect(await ask("startExport", { body: { customerIds, serviceIds } })).toMatchObject({
    status: 202,
    body: { customerIds, serviceIds },
  });
  const [row] = rowsOf(world.table, `partner#${world.partnerId}`, "export#");
  expect(row && itemBytes(row)).toBeLessThan(400 * 1024);
});

it("takes a dry run while another run is under way", async () => {
  const { ask } = await connectedApi();
  await ask("startExport");

  expect(await ask("startExport", { body: { mode: "dry-run" } })).toMatchObject({
    status: 202,
    body: { mode: "dry-run" },
  });
});

it("answers with the export that is to be sent again", async () => {
  const { ask, world } = await connectedApi();
  const over = { partnerId: world.partnerId, state: "finished", outcome: "failed" } as const;
  await world.table.put(anExportRow({ ...over, id: "earlier", chunks: 1 }));

  expect(await ask("startExport", { body: { retryOf: "earlier" } })).toMatchObject({
    status: 202,
    body: { mode: "changes", customerIds: null, retryOf: "earlier" },
  });
});

it.each([
  ["x".repeat(128), 404, "export.not-found", "Not found", "There is no such export."],
  [
    "on-its-way",
    409,
    "export.not-over",
    "Not possible now",
    "That export has not ended yet. Wait for it, or cancel it.",
  ],
  [
    "without-lines",
    409,
    "export.without-lines",
    "Not possible now",
    "That export ended before it had any lines. Start one without retryOf.",
  ],
] as const)("says why %s cannot be sent again", async (retryOf, status, code, title, detail) => {
  const { ask, world } = await connectedApi();
  const its = { partnerId: world.partnerId };
  await world.table.put(anExportRow({ ...its, id: "on-its-way", state: "sending", chunks: 1 }));
  await world.table.put(anExportRow({ ...its, id: "without-lines", state: "finished", outcome: "failed" }));

  expect(await ask("startExport", { body: { retryOf } })).toEqual(aProblem(status, code, title, detail));
});

it("counts no call that nobody may make, and none with a key that is none", async () => {
  const { world } = await connectedApi();
  const { ask } = hubApi(world, 1);
  const body = { mode: "full" };

  expect(await ask("startExport", { body, person: { role: "billing_admin" } })).toMatchObject({ status: 403 });
  expect(await ask("startExport", { body, headers: { "idempotency-key": "" } })).toMatchObject({ status: 422 });
  expect(await ask("startExport", { body })).toMatchObject({ status: 202 });
  expect(await ask("startExport", { body })).toMatchObject({ status: 429, body: { code: "calls.too-many" } });
});
