import { expect, it } from "vitest";
import { startUsageExport } from "#shared/exports/start-usage-export";
import { aProblem } from "#test/builders/http-event";
import { hubApi } from "#test/builders/hub-api";
import { serviceWorld } from "#test/fakes/service-world";

const runningApi = async () => {
  const world = serviceWorld();
  await world.connect();
  await startUsageExport(world.common)({ partnerId: world.partnerId, id: "run", trigger: "manual", mode: "full" });
  return { world, ...hubApi(world) };
};
const path = { exportId: "run" };

it("answers with the export and that it is being cancelled, also a repeat", async () => {
  const { ask } = await runningApi();

  const first = await ask("cancelExport", { path });

  expect(first).toMatchObject({ status: 202, body: { id: "run", state: "planned", stoppedBy: "cancelled" } });
  expect(await ask("cancelExport", { path })).toEqual(first);
});

it.each([
  ["an export that does not exist", { path: { exportId: "no-such-run" } }],
  ["another partner's export", { path, person: { org_id: "org-2002" } }],
])("answers for %s with 404", async (_, request) => {
  const { ask } = await runningApi();

  expect(await ask("cancelExport", request)).toEqual(
    aProblem(404, "export.not-found", "Not found", "There is no such export."),
  );
});
