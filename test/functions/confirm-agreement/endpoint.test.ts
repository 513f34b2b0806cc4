import { expect, it } from "vitest";
import { startIntegration } from "#functions/start-integration/start-integration";
import { currentAgreement } from "#shared/agreements/agreement";
import { aProblem, jsonHeaders } from "#test/builders/http-event";
import { hubApi } from "#test/builders/hub-api";
import { owedTasks, rowsOf } from "#test/builders/table";
import { serviceWorld } from "#test/fakes/service-world";

const { version, sha256 } = currentAgreement;
const at = "2026-11-22T10:00:00.000Z";
const body = { version, sha256 };

const apiWithToken = async () => {
  const world = serviceWorld();
  world.gradient.addOrganization({ token: world.token });
  await startIntegration(world.common)(world);
  await world.register({ partnerId: world.partnerId, text: world.token, by: world.by });
  return { world, ...hubApi(world) };
};

it("answers with 201, and a repeat with 200, one mail and one task for each of its effects", async () => {
  const { ask, world } = await apiWithToken();

  const first = await ask("confirm", { body });
  const repeat = await ask("confirm", { body });

  expect(first).toMatchObject({
    status: 201,
    headers: jsonHeaders,
    body: {
      state: "awaiting-mapping",
      step: 2,
      nextEnabled: false,
      mapping: {
        status: "waiting",
        completedAt: null,
        lastCheckedAt: null,
        accounts: { total: 0, mapped: 0 },
        services: { total: 0, mapped: 0 },
      },
    },
  });
  expect(first.body.agreement).toEqual({
    version,
    sha256,
    confirmedAt: at,
    confirmedBy: "person-1",
    ownerEmail: { status: "queued", at, detail: null },
  });
  expect(repeat).toEqual({ ...first, status: 200 });
  expect(rowsOf(world.table, "partner#org-1", "mail#")).toMatchObject([
    { facts: { confirmedByName: "Dana Reyes", confirmedByEmail: "dana.reyes@msp.example", address: "198.51.100.7" } },
  ]);
  expect(owedTasks(world.table)).toHaveLength(3);
});

it("answers two requests at the same time with one effect", async () => {
  const { ask, world } = await apiWithToken();

  const replies = await Promise.all([ask("confirm", { body }), ask("confirm", { body })]);

  expect(replies.map(({ status }) => status).sort()).toEqual([200, 201]);
  expect(rowsOf(world.table, "partner#org-1", "mail#")).toHaveLength(1);
  expect(owedTasks(world.table)).toHaveLength(3);
});

it("answers a text that is not in force with the version that is", async () => {
  const { ask } = await apiWithToken();

  expect(await ask("confirm", { body: { version: "2025-01-01", sha256 } })).toEqual(
    aProblem(
      409,
      "agreement.outdated",
      "Not possible now",
      "The agreement has another text now. Read it again, then confirm that version.",
      { currentVersion: version },
    ),
  );
});

it("answers out of step with what comes first", async () => {
  const { ask } = hubApi(serviceWorld());
  await ask("start");

  expect(await ask("confirm", { body })).toEqual(
    aProblem(409, "integration.wrong-step", "Not possible now", "Register a Gradient token first.", {
      state: "awaiting-token",
    }),
  );
});

it("takes no owner from the request", async () => {
  const { ask } = await apiWithToken();

  expect(await ask("confirm", { body: { ...body, ownerEmail: "me@evil.example" } })).toMatchObject({
    status: 422,
    body: { errors: [{ path: "ownerEmail", message: "There is no such field." }] },
  });
});
