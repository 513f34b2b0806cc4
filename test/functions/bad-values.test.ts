import { describe, expect, it } from "vitest";
import { findPartner } from "#shared/partners/partner";
import { hubApi } from "#test/builders/hub-api";
import { serviceWorld } from "#test/fakes/service-world";

const partner = "/v1/hub/partners/{partnerId}";
const base = "/v1/integrations/gradient";
const owner = { name: "Olga Owner", email: "olga@example.com" };
const profile = { name: "Example MSP", owner, timeZone: "Europe/Prague" };

const connected = async () => {
  const world = serviceWorld();
  await world.addService("dns");
  await world.addCustomer("a");
  await world.connect();
  const api = hubApi(world);
  const put = (body: unknown, partnerId = world.partnerId) =>
    api.asFeed({ routeKey: `PUT ${partner}`, path: { partnerId }, body });
  return { world, api, put };
};

/** The fields that a refusal names. */
const named = (body: { errors: { path: string }[] }) => body.errors.map(({ path }) => path);

describe("a time zone", () => {
  it.each(["+05:30", "UTC+2", "Mars/Olympus", "", "GMT+25:00"])("of %j is refused by the feed", async (timeZone) => {
    const { put } = await connected();

    const { status, body } = await put({ ...profile, timeZone });

    expect({ status, errors: [...new Set(named(body))] }).toEqual({ status: 422, errors: ["timeZone"] });
  });

  it.each(["Asia/Calcutta", "Europe/Kiev", "US/Pacific", "europe/prague"])(
    "of %s comes back as given",
    async (zone) => {
      const { api, put, world } = await connected();

      expect(await put({ ...profile, timeZone: zone })).toMatchObject({ status: 200, body: { timeZone: zone } });

      const schedule = { frequency: "daily", hour: 3, timeZone: zone };
      const saved = await api.asPerson({ routeKey: `PUT ${base}/schedule`, body: schedule });
      expect(saved).toMatchObject({ status: 200, body: { schedule: { timeZone: zone } } });
      expect((await findPartner(world.table, world.partnerId))?.timeZone).toBe(zone);
    },
  );

  it("that is none, and was stored, stops no verb and can be corrected", async () => {
    const { api, put, world } = await connected();
    const stored = await world.table.get({ pk: `partner#${world.partnerId}`, sk: "profile" });
    if (!stored) throw new Error("There is no partner.");
    await world.table.put({ ...stored, timeZone: "+05:30", version: 9 });

    expect(await api.asFeed({ routeKey: `GET ${partner}`, path: { partnerId: world.partnerId } })).toMatchObject({
      status: 200,
      body: { timeZone: "+05:30" },
    });
    expect((await api.asPerson({ routeKey: `DELETE ${base}` })).status).toBe(202);
    expect((await api.asPerson({ routeKey: `POST ${base}` })).status).toBe(201);
    expect(await put(profile)).toMatchObject({ status: 200, body: { timeZone: "Europe/Prague" } });
  });
});

describe("the owner's address", () => {
  it.each([
    ["x", "An e-mail address has a name, an @ and a domain."],
    [7, "This has to be a text."],
  ])("%j is refused with what is wrong with it", async (email, message) => {
    const { put } = await connected();

    const { body } = await put({ ...profile, owner: { ...owner, email } });

    expect(body.errors).toEqual([{ path: "owner.email", message }]);
  });

  it.each([
    [" olga@example.com ", "olga@example.com"],
    ["olga@řeznictví.example", "olga@řeznictví.example"],
    ["o.l+ga@xn--eznictv-9ya93g.example", "o.l+ga@xn--eznictv-9ya93g.example"],
  ])("%j is taken", async (email, kept) => {
    const { put } = await connected();

    expect(await put({ ...profile, owner: { ...owner, email } })).toMatchObject({
      status: 200,
      body: { owner: { email: kept } },
    });
  });

  it.each(["olga", "ölga@example.com", "a@b", "a b@example.com", "a@example..com", "a@-b.example", "a@b.example\n.c"])(
    "%j is not",
    async (email) => {
      const { put } = await connected();

      const { status, body } = await put({ ...profile, owner: { ...owner, email } });

      expect(status).toBe(422);
      expect([...new Set(named(body))]).toEqual(["owner.email"]);
    },
  );
});

describe("a name", () => {
  it.each(["\u200b\u2060", "\u3164", "\u2800 \u2800", "\u00ad", "\ud83c", "a\ufffe", "a\u0007"])(
    "of %j is refused, and the field is named",
    async (name) => {
      const { put } = await connected();

      const { status, body } = await put({ ...profile, name });

      expect({ status, errors: [...new Set(named(body))] }).toEqual({ status: 422, errors: ["name"] });
    },
  );

  it.each(["Řeznictví Dvořák", "🏢", "株式会社", '=HYPERLINK("x")', "א", "1"])("of %j is taken", async (name) => {
    const { put } = await connected();
    expect(await put({ ...profile, name })).toMatchObject({ status: 200, body: { name } });
  });
});

describe("services called like what every object has", () => {
  it("are measured beside good records, shown and exported", async () => {
    const { api, world } = await connected();
    for (const serviceId of ["constructor", "__proto__"]) {
      const body = { name: serviceId, description: "d", category: "security", subcategory: "other", unit: "seats" };
      const put = await api.asFeed({ routeKey: "PUT /v1/hub/services/{serviceId}", path: { serviceId }, body });
      expect(put).toMatchObject({ status: 200, body: { id: serviceId } });
    }
    const measuredAt = world.clock.date().toISOString();
    const measured = ["dns", "constructor", "__proto__"].map((serviceId, index) => ({
      customerId: "a",
      serviceId,
      unitCount: index + 1,
      measuredAt,
    }));

    const path = { partnerId: world.partnerId };
    const told = await api.asFeed({ routeKey: `POST ${partner}/usage`, path, body: { measurements: measured } });

    expect(told.body).toEqual({ accepted: 3, rejected: [] });
    const { body } = await api.asPerson({ routeKey: `GET ${base}/usage` });
    const shown = body.items.map((line: { serviceId: string; unitCount: number }) => [line.serviceId, line.unitCount]);
    expect(shown.sort()).toEqual([
      ["__proto__", 3],
      ["constructor", 2],
      ["dns", 1],
    ]);
    await world.live(3);
    world.map(["a"]);
    await world.live(15);
    expect(Object.values(await world.counts()).sort()).toEqual([1, 2, 3]);
  });
});

describe("two counts of one pair and time in one batch", () => {
  const measuredAt = "2026-11-22T10:00:00Z";
  const of = (unitCount: number, at = measuredAt) => ({ customerId: "a", serviceId: "dns", unitCount, measuredAt: at });

  it("are both rejected by name where they differ, however the time is written", async () => {
    const { api, world } = await connected();
    const measurements = [of(1), of(2, "2026-11-22T11:00:00+01:00"), of(3, "2026-11-22T09:00:00Z")];

    const path = { partnerId: world.partnerId };
    const { body } = await api.asFeed({ routeKey: `POST ${partner}/usage`, path, body: { measurements } });

    expect(body).toEqual({
      accepted: 1,
      rejected: [0, 1].map((index) => ({ index, code: "measurement.ambiguous", detail: expect.any(String) })),
    });
  });

  it("are one where they are the same", async () => {
    const { api, world } = await connected();
    const path = { partnerId: world.partnerId };
    const body = { measurements: [of(1), of(1)] };
    expect((await api.asFeed({ routeKey: `POST ${partner}/usage`, path, body })).body.accepted).toBe(2);
  });
});

describe("unknown fields", () => {
  it("are not repeated where one could be a token", async () => {
    const { put } = await connected();
    const canary = "canarypartnertoken0001";

    const { status, body } = await put({ ...profile, [canary]: 1, also: 2 });

    expect(status).toBe(422);
    expect(JSON.stringify(body)).not.toContain(canary);
    expect(named(body)).toEqual(["", "also"]);
  });

  it("are at most twenty", async () => {
    const { put } = await connected();
    const many = Object.fromEntries(Array.from({ length: 6_000 }, (_, index) => [`field${index}`, 1]));

    const { status, body } = await put({ ...profile, ...many });

    expect(status).toBe(422);
    expect(body.errors).toHaveLength(20);
  });
});

it.each(["null", "", " ", "[]", "[a b]", "a b", "..", "org\u00001", "org\ufffe"])(
  "an organization called %j is nobody's",
  async (org) => {
    const { api } = await connected();
    expect(await api.asPerson({ routeKey: `GET ${base}`, person: { org_id: org } })).toMatchObject({
      status: 403,
      body: { code: "identity.incomplete" },
    });
  },
);
