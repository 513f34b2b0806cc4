import { expect, it } from "vitest";
import { jsonHeaders } from "#test/builders/http-event";
import { hubApi } from "#test/builders/hub-api";
import { aPartnerRow } from "#test/builders/partner";
import { serviceWorld } from "#test/fakes/service-world";

const started = {
  partnerId: "org-1",
  state: "awaiting-token",
  step: 1,
  nextEnabled: false,
  token: null,
  gradient: {
    organizationName: null,
    status: null,
    lastSyncedAt: null,
    links: {
      application: "https://gradient.example/",
    },
  },
  agreement: null,
  mapping: null,
  exports: { last: null, nextRunAt: null, runningId: null, waiting: null },
  schedule: { frequency: "daily", hour: 2, timeZone: "UTC", pausedUntil: null },
  notifications: { recipients: [], onSuccess: false },
  disconnecting: null,
  problems: [],
};

it("answers the first request with 201 and every repeat with 200, and the same integration", async () => {
  const { ask } = hubApi(serviceWorld());

  expect(await ask("start")).toEqual({ status: 201, headers: jsonHeaders, body: started });
  expect(await ask("start")).toEqual({ status: 200, headers: jsonHeaders, body: started });
  expect(await ask("start", { body: {} })).toEqual({ status: 200, headers: jsonHeaders, body: started });
});

it("answers one of two requests at the same time with 201", async () => {
  const { ask } = hubApi(serviceWorld());

  const replies = await Promise.all([ask("start"), ask("start")]);

  expect(replies.map(({ status }) => status).sort()).toEqual([200, 201]);
});

it("answers 409 until the feed has told of the organization, and 201 after that", async () => {
  const world = serviceWorld();
  const { ask } = hubApi(world);
  const person = { org_id: "org-9" };

  expect(await ask("start", { person })).toMatchObject({ status: 409, body: { code: "partner.unknown" } });
  await world.table.put(aPartnerRow({ id: "org-9" }));
  expect(await ask("start", { person })).toMatchObject({ status: 201, body: { partnerId: "org-9" } });
});
