import { expect, it } from "vitest";
import { takeLease } from "#shared/exports/export-lease";
import { start } from "#test/builders/connected-world";
import { aProblem } from "#test/builders/http-event";
import { hubApi } from "#test/builders/hub-api";
import { serviceWorld } from "#test/fakes/service-world";

const runningApi = async () => {
  const world = serviceWorld();
  await world.connect();
  const run = await start(world);
  return { world, run, path: { exportId: run.id }, ...hubApi(world) };
};

it("answers with the export that is over, where nobody was at it, also a repeat", async () => {
  const { ask, run, path } = await runningApi();

  const first = await ask("cancelExport", { path });

  expect(first).toMatchObject({
    status: 202,
    body: { id: run.id, state: "cancelled", stoppedBy: "cancelled", outcome: "failed" },
  });
  expect(await ask("cancelExport", { path })).toEqual(first);
});

it("answers with the export and that it is being cancelled, where a worker is at it, also a repeat", async () => {
  const { ask, world, run, path } = await runningApi();
  const place = { partnerId: world.partnerId, exportId: run.id };
  await takeLease({ table: world.table, clock: world.clock, holder: "a worker" }, place);

  const first = await ask("cancelExport", { path });

  expect(first).toMatchObject({ status: 202, body: { id: run.id, state: "planned", stoppedBy: "cancelled" } });
  expect(await ask("cancelExport", { path })).toEqual(first);
});

it.each([
  ["an export that does not exist", "no-such-run", {}],
  ["another partner's export", undefined, { person: { org_id: "org-2002" } }],
])("answers for %s with 404", async (_, exportId, more) => {
  const { ask, path } = await runningApi();

  expect(await ask("cancelExport", { path: exportId === undefined ? path : { exportId }, ...more })).toEqual(
    aProblem(404, "export.not-found", "Not found", "There is no such export."),
  );
});
