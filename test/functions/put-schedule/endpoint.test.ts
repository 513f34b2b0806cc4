import { expect, it } from "vitest";
import { aProblem, jsonHeaders } from "#test/builders/http-event";
import { hubApi } from "#test/builders/hub-api";
import { serviceWorld } from "#test/fakes/service-world";

const body = { frequency: "weekly", dayOfWeek: 1, hour: 5, timeZone: "Europe/Prague" };

it("answers with the integration and its new schedule, also a repeat", async () => {
  const world = serviceWorld();
  await world.connect();
  const { ask } = hubApi(world);

  const first = await ask("schedule", { body });

  expect(first).toMatchObject({
    status: 200,
    headers: jsonHeaders,
    body: { state: "awaiting-mapping", schedule: { ...body, pausedUntil: null }, exports: { nextRunAt: null } },
  });
  expect(await ask("schedule", { body })).toEqual(first);
});

it("answers before the start with what comes first", async () => {
  expect(await hubApi(serviceWorld()).ask("schedule", { body })).toEqual(
    aProblem(409, "integration.wrong-step", "Not possible now", "Start the integration first.", {
      state: "not-started",
    }),
  );
});
