import { expect, it } from "vitest";
import { aProblem, jsonHeaders } from "#test/builders/http-event";
import { hubApi } from "#test/builders/hub-api";
import { serviceWorld } from "#test/fakes/service-world";

it("answers with an integration that has ended, also a repeat", async () => {
  const world = serviceWorld();
  await world.connect();
  const { ask } = hubApi(world);

  const first = await ask("disconnect");

  expect(first).toMatchObject({
    status: 202,
    headers: jsonHeaders,
    body: {
      state: "disconnected",
      step: 1,
      nextEnabled: false,
      token: null,
      gradient: { organizationName: null, status: null },
      agreement: null,
      mapping: null,
      exports: { nextRunAt: null },
      problems: [],
    },
  });
  expect(await ask("disconnect")).toEqual(first);
});

it("answers before the start with what comes first", async () => {
  expect(await hubApi(serviceWorld()).ask("disconnect")).toEqual(
    aProblem(409, "integration.wrong-step", "Not possible now", "Start the integration first.", {
      state: "not-started",
    }),
  );
});
