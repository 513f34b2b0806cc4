import { expect, it } from "vitest";
import { currentAgreement } from "#shared/agreements/agreement";
import { aProblem, jsonHeaders } from "#test/builders/http-event";
import { hubApi } from "#test/builders/hub-api";
import { serviceWorld } from "#test/fakes/service-world";

const { version } = currentAgreement;

it("answers with 202, then for a minute with 429 and how long to wait", async () => {
  const world = serviceWorld();
  await world.connect();
  const { ask } = hubApi(world);
  await world.clock.settle(world.clock.sleep(60_000));

  expect(await ask("resend", { path: { version } })).toEqual({
    status: 202,
    headers: jsonHeaders,
    body: { status: "queued", at: "2026-11-22T10:01:00.000Z", detail: null },
  });
  await world.clock.settle(world.clock.sleep(20_000));
  const refusal = aProblem(
    429,
    "owner-email.cooldown",
    "Too many requests",
    "The e-mail was sent a moment ago. Try again in 40 s.",
  );
  expect(await ask("resend", { path: { version } })).toEqual({
    ...refusal,
    headers: { ...refusal.headers, "retry-after": "40" },
  });
});

it("answers for a version that was not confirmed with 404", async () => {
  const world = serviceWorld();
  await world.connect();
  const notConfirmed = aProblem(
    404,
    "agreement.not-confirmed",
    "Not found",
    "There is no confirmation of this version.",
  );

  expect(await hubApi(world).ask("resend", { path: { version: "2020-01-01" } })).toEqual(notConfirmed);
  expect(await hubApi(world).ask("resend", { path: { version }, person: { org_id: "org-2002" } })).toEqual(
    notConfirmed,
  );
});
