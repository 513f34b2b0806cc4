import { describe, expect, it } from "vitest";
import { currentAgreement } from "#shared/agreements/agreement";
import { anHttpEvent, call } from "#test/builders/http-event";
import { anIntegration, anIntegrationRow } from "#test/builders/integration";
import { minutesAfter } from "#test/builders/time";
import { anEndpoint, base, read } from "./read-rig.ts";

const links = {
  application: "https://gradient.example/",
};

describe("GET /", () => {
  const tags = { "content-type": "application/json", "cache-control": "private, no-cache" };

  it("shows an integration that has not been started", async () => {
    expect(await read([], "")).toEqual({
      status: 200,
      headers: { ...tags, etag: expect.stringMatching(/^"[\w-]{22}"$/) },
      body: {
        partnerId: "org-1001",
        state: "not-started",
        step: 1,
        nextEnabled: false,
        token: null,
        gradient: { organizationName: null, status: null, lastSyncedAt: null, links },
        agreement: null,
        mapping: null,
        exports: { last: null, nextRunAt: null, runningId: null, waiting: null },
        schedule: null,
        notifications: { recipients: [], onSuccess: false },
        disconnecting: null,
        problems: [],
      },
    });
  });

  it("shows one that is active", async () => {
    const { body } = await read([anIntegrationRow()], "");

    expect(body).toEqual({
      partnerId: "org-1001",
      state: "active",
      step: 3,
      nextEnabled: true,
      token: {
        status: "valid",
        lastFour: "9f3c",
        fingerprint: "0123456789ab",
        registeredAt: minutesAfter(-110),
        registeredBy: "person-1",
        checkedAt: minutesAfter(-110),
      },
      gradient: { organizationName: "Example MSP", status: "active", lastSyncedAt: null, links },
      agreement: {
        version: currentAgreement.version,
        sha256: "a".repeat(64),
        confirmedAt: minutesAfter(-100),
        confirmedBy: "person-1",
        ownerEmail: null,
      },
      mapping: {
        status: "complete",
        completedAt: minutesAfter(-60),
        lastCheckedAt: null,
        accounts: { total: 0, mapped: 0 },
        services: { total: 0, mapped: 0 },
      },
      exports: { last: null, nextRunAt: minutesAfter(13 * 60), runningId: null, waiting: null },
      schedule: { frequency: "daily", hour: 2, timeZone: "Europe/Prague", pausedUntil: null },
      notifications: { recipients: [], onSuccess: false },
      disconnecting: null,
      problems: [],
    });
  });

  it("answers nothing but a tag to whoever has this state", async () => {
    const { endpoint, table } = await anEndpoint(anIntegrationRow());
    const ask = (tag?: string) =>
      call(endpoint, anHttpEvent({ routeKey: base, ...(tag ? { headers: { "If-None-Match": tag } } : {}) }));
    const etag = String((await ask()).headers?.etag);

    const { "content-type": _, ...ofNoBody } = tags;
    expect(await ask(etag)).toEqual({ status: 304, headers: { ...ofNoBody, etag }, body: undefined });
    expect(await ask(`"other", W/${etag}`)).toMatchObject({ status: 304 });
    expect(await ask("*")).toMatchObject({ status: 304 });
    await table.put(anIntegrationRow({ state: "suspended" }));
    expect(await ask(etag)).toMatchObject({ status: 200, body: { state: "suspended" } });
  });
});

it("counts as mapped the services that runs have shown to be since the last look", async () => {
  const counted = {
    accounts: { total: 3, mapped: 3, unknown: 0 },
    services: { total: 4, mapped: 0, unknown: 4 },
  };
  const mapping = { ...anIntegration().mapping, ...counted, mappedServiceIds: ["svc-dns", "svc-edr"] };

  expect(await read([anIntegrationRow({ mapping })], "")).toMatchObject({
    body: { mapping: { services: { total: 4, mapped: 2 } } },
  });
  // its last zero was accepted, but it is none of the four
  expect(await read([anIntegrationRow({ mapping, leftOutServiceIds: ["svc-edr"] })], "")).toMatchObject({
    body: { mapping: { services: { total: 4, mapped: 1 } } },
  });
});
