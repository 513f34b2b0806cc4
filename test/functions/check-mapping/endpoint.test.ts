import { expect, it } from "vitest";
import { openForAll, openForOne } from "#test/builders/breakers";
import { aProblem, jsonHeaders } from "#test/builders/http-event";
import { hubApi } from "#test/builders/hub-api";
import { everyRow } from "#test/builders/table";
import { serviceWorld } from "#test/fakes/service-world";

it("answers with 202, also a repeat", async () => {
  const world = serviceWorld();
  await world.connect();
  const { ask } = hubApi(world);
  const answer = {
    status: 202,
    headers: jsonHeaders,
    body: { requestedAt: "2026-11-22T10:00:00.000Z", heldUntil: null },
  };

  expect([await ask("check"), await ask("check", { body: {} })]).toEqual([answer, answer]);
});

it("takes a page's own asking, which nobody pressed, and nothing else in its place", async () => {
  const world = serviceWorld();
  await world.connect();
  const { ask } = hubApi(world);

  expect(await ask("check", { body: { automatic: true } })).toMatchObject({ status: 202 });
  expect(everyRow(world.table).filter(({ type }) => type === "mapping.check-requested")).toEqual([]);
  expect(await ask("check", { body: { automatic: false } })).toMatchObject({ status: 422 });
});

it("answers out of step with what comes first", async () => {
  expect(await hubApi(serviceWorld()).ask("check")).toEqual(
    aProblem(409, "integration.wrong-step", "Not possible now", "Start the integration first.", {
      state: "not-started",
    }),
  );
});

it("says until when no call goes out, also to a repeat of the press and to whoever joins it", async () => {
  const world = serviceWorld();
  await world.connect();
  const { ask } = hubApi(world);
  await openForOne(world.table, world.partnerId, world.clock.now());
  const held = { requestedAt: "2026-11-22T10:00:00.000Z", heldUntil: "2026-11-22T10:15:00.000Z" };
  const headers = { "idempotency-key": "one" };

  expect(await ask("check", { headers })).toMatchObject({ status: 202, body: held });
  expect(await ask("check", { headers })).toMatchObject({ body: held, headers: { "idempotency-replayed": "true" } });
  expect(await ask("check")).toMatchObject({ status: 202, body: held });
});

it("says so of everybody's calls, and of none that another token has met", async () => {
  const world = serviceWorld();
  await world.connect();
  const { ask } = hubApi(world);
  await openForOne(world.table, world.partnerId, world.clock.now(), { tokenVersionId: "an-earlier-one" });
  expect(await ask("check")).toMatchObject({ body: { heldUntil: null } });

  await openForAll(world.table, "vendor-key", world.clock.now());
  expect(await ask("check")).toMatchObject({ body: { heldUntil: "2026-11-22T10:05:00.000Z" } });
});
