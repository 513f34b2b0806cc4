import { afterEach, describe, expect, it, vi } from "vitest";
import {
  aConnectedPartner,
  aMappedPartner,
  aSandbox,
  cleanUp,
  mailbox,
  never,
  type Sandbox,
} from "./gradient-sandbox-rig.ts";

afterEach(cleanUp);

const newest = async (sandbox: Sandbox) => {
  const { body } = await sandbox.partner("GET", "/organizations");
  return body.items.at(-1);
};

describe("a partner's way to the first count", () => {
  it("goes from connecting over pending, accounts, mapping and finish to active", async () => {
    const sandbox = await aSandbox();
    const partner = await aConnectedPartner(sandbox, { name: "Example MSP" });
    const status = async () => (await partner.vendor("GET", "/organization")).body.status;
    expect(await newest(sandbox)).toMatchObject({ connected: true, isKeyUsed: false });
    expect((await partner.vendor("GET", "/organization")).body).toMatchObject({
      organizationId: partner.organizationId,
      integrationId: partner.integrationId,
      name: "Example MSP",
      status: "inactive",
      lastSyncedAt: never,
    });
    expect(await newest(sandbox)).toMatchObject({ connected: true, isKeyUsed: true });

    const { body: vendor } = await partner.vendor("POST", "/service", mailbox);
    const serviceId = vendor.skus[0].id;
    await partner.vendor("POST", "/organization/accounts", { id: "cust-1", name: "Fir Bakery" });
    await partner.partner("POST", "/mappings/accounts", { accountId: "cust-1" });
    await partner.partner("POST", "/mappings/services", { serviceId: mailbox.name });

    const early = await partner.partner("POST", "/finish");
    expect([early.status, early.body.message]).toEqual([409, expect.stringContaining("inactive")]);
    await partner.vendor("PATCH", "/organization/status/pending");
    expect((await partner.partner("POST", "/finish")).body).toMatchObject({ webhook: "off" });
    expect(await status()).toBe("pending");

    const count = { accountId: "cust-1", unitCount: 17 };
    expect((await partner.vendor("POST", `/service/${serviceId}/count`, count)).status).toBe(201);
    expect(await status()).toBe("active");
    expect((await partner.partner("GET", "/counts")).body.items).toEqual([
      { accountId: "cust-1", serviceId, serviceName: mailbox.name, unitCount: 17, at: expect.any(String) },
    ]);
    expect(await newest(sandbox)).toMatchObject({ connected: true, status: "active", finishedAt: expect.any(String) });
  });

  it("cannot be finished without a key, a mapped account and a mapped service", async () => {
    const sandbox = await aSandbox();
    const { body } = await sandbox.partner("POST", "/organizations", { name: "Example MSP" });
    const finish = async () => {
      const answer = await sandbox.partner("POST", `/organizations/${body.organizationId}/finish`);
      return [answer.status, answer.body.message];
    };
    expect(await finish()).toEqual([409, "Generate a key first."]);
    const partner = await aMappedPartner(sandbox);
    const finishOf = async () => (await partner.partner("POST", "/finish")).body.message;
    await partner.partner("POST", "/mappings/accounts", { accountId: "cust-1", psaClientId: null });
    expect(await finishOf()).toBe("Map an account first.");
    await partner.partner("POST", "/mappings/accounts", { accountId: "cust-1" });
    await partner.partner("POST", "/mappings/services", { serviceId: partner.serviceId, psaProductId: null });
    expect(await finishOf()).toBe("Map a service first.");
  });

  it("maps equal names by itself at the first set-up, to the letter, and never after it", async () => {
    const sandbox = await aSandbox();
    const psa = { psaClients: ["Fir Bakery", "Gorse Garage", "Hazel Hotel"], psaProducts: [mailbox.name] };
    const partner = await aConnectedPartner(sandbox, { name: "Example MSP", ...psa });
    await partner.vendor("POST", "/service", mailbox);
    await partner.vendor("PATCH", "/organization/status/pending");
    const create = async (id: string, name: string) =>
      (await partner.vendor("POST", "/organization/accounts", { id, name })).body[0].isMapped;
    expect(await create("1", "Fir Bakery")).toBe(true);
    expect(await create("2", "gorse garage")).toBe(false);
    expect((await partner.partner("GET")).body.services).toMatchObject([{ name: mailbox.name, isMapped: true }]);
    expect((await partner.partner("POST", "/finish")).status).toBe(200);
    expect(await create("3", "Hazel Hotel")).toBe(false);
  });
});

describe("a partner's key", () => {
  it("loses its worth when another is generated, while accounts stay", async () => {
    const sandbox = await aSandbox();
    const partner = await aMappedPartner(sandbox);
    const { body } = await partner.partner("POST", "/keys");
    expect((await partner.vendor("GET", "/organization")).status).toBe(401);
    expect((await partner.count(4)).status).toBe(401);
    expect((await sandbox.vendor(body.partnerToken, "GET", "/organization/accounts")).body).toHaveLength(2);
  });

  it("loses its worth when the partner disconnects, and every account goes", async () => {
    const sandbox = await aSandbox();
    const partner = await aMappedPartner(sandbox);
    await partner.count(4);
    expect((await partner.partner("POST", "/disconnect")).body).toEqual({ deletedAccounts: 2 });
    expect((await partner.vendor("GET", "/organization")).status).toBe(401);
    const { body: key } = await partner.partner("POST", "/keys");
    expect((await sandbox.vendor(key.partnerToken, "GET", "/organization/accounts")).body).toEqual([]);
    expect((await sandbox.vendor(key.partnerToken, "GET", "/organization")).body).toMatchObject({
      status: "inactive",
      lastSyncedAt: never,
    });
    expect(await partner.counts()).toEqual([]);
  });
});

describe("the partner's mapping", () => {
  it("maps many at once but what is excepted, and creates what the PSA lacks only once", async () => {
    const sandbox = await aSandbox();
    const partner = await aMappedPartner(sandbox);
    await partner.vendor("POST", "/organization/accounts", [
      { id: "twin-1", name: "Twin" },
      { id: "twin-2", name: "Twin" },
      { id: "left-out", name: "Left Out" },
    ]);
    const { body } = await partner.partner("POST", "/mappings/auto", { accounts: "all", exceptAccounts: ["left-out"] });
    const mapped = body.accounts.filter(({ isMapped }: { isMapped: boolean }) => isMapped);
    expect(mapped.map(({ id }: { id: string }) => id)).toEqual(["cust-1", "cust-2", "twin-1", "twin-2"]);
    expect(body.psaClients.filter(({ name }: { name: string }) => name === "Twin")).toHaveLength(1);
  });

  it("leaves excluded items unmapped until they are mapped one by one", async () => {
    const sandbox = await aSandbox();
    const partner = await aMappedPartner(sandbox);
    const named = { accounts: ["cust-1"], services: [partner.serviceId] };
    await partner.partner("POST", "/exclusions", named);
    const { body } = await partner.partner("POST", "/mappings/auto", { accounts: "all", services: "all" });
    expect(body.accounts).toMatchObject([{ isMapped: false, excluded: true }, { isMapped: true }]);
    expect(body.services).toMatchObject([{ isMapped: false, excluded: true }]);
    expect((await partner.count(1)).status).toBe(404);
    await partner.partner("POST", "/mappings/auto", named);
    expect((await partner.count(1)).status).toBe(201);
  });

  it("refuses a PSA item, an account or a service that is not there, and then maps nothing", async () => {
    const sandbox = await aSandbox();
    const partner = await aMappedPartner(sandbox);
    const refused = [
      ["/mappings/accounts", { accountId: "cust-2", psaClientId: "none" }],
      ["/mappings/accounts", { accountId: "none" }],
      ["/mappings/services", { serviceId: "none" }],
      ["/mappings/auto", { accounts: ["cust-2", "none"] }],
    ] as const;
    for (const [path, body] of refused) expect((await partner.partner("POST", path, body)).status).toBe(404);
    const { body } = await partner.partner("GET");
    expect(body.accounts).toMatchObject([{ isMapped: true }, { id: "cust-2", isMapped: false }]);
  });
});

describe("counts on the partner's side", () => {
  it("become cards where they differ from the PSA, which approving sets and dismissing hides", async () => {
    const sandbox = await aSandbox();
    const partner = await aMappedPartner(sandbox);
    const cards = async () => (await partner.partner("GET", "/cards")).body.items;
    await partner.count(0);
    expect(await cards()).toEqual([]);
    await partner.count(5);
    const [card] = await cards();
    expect(card).toMatchObject({
      accountName: "Fir Bakery",
      serviceName: mailbox.name,
      vendorUnits: 5,
      psaQuantity: 0,
    });
    expect((await partner.partner("POST", `/cards/${card.cardId}/approve`)).body).toMatchObject({ psaQuantity: 5 });
    expect(await cards()).toEqual([]);
    await partner.count(6);
    expect(await cards()).toMatchObject([{ cardId: card.cardId, vendorUnits: 6, psaQuantity: 5 }]);
    await partner.partner("POST", `/cards/${card.cardId}/dismiss`);
    expect(await cards()).toEqual([]);
    await partner.count(7);
    expect(await cards()).toMatchObject([{ vendorUnits: 7, psaQuantity: 5 }]);
    expect((await partner.partner("POST", "/cards/none/approve")).status).toBe(404);
  });

  it("are logged with what became of them, and read on from a call or a time", async () => {
    const sandbox = await aSandbox();
    const partner = await aMappedPartner(sandbox);
    await partner.count(1);
    await partner.count(2, "cust-2", "?no_build=true");
    await partner.count("3");
    const calls = async (since: string | number) =>
      (await partner.partner("GET", `/calls?since=${since}`)).body.items.map(
        (call: { accountId: string; unitCount: number; noBuild: boolean; status: number }) => [
          call.accountId,
          call.unitCount,
          call.noBuild,
          call.status,
        ],
      );
    const last = [
      ["cust-2", 2, true, 404],
      ["cust-1", null, false, 400],
    ];
    expect(await calls(0)).toEqual([["cust-1", 1, false, 201], ...last]);
    expect(await calls(1)).toEqual(last);
    const { body } = await partner.partner("GET", "/calls");
    expect(await calls(body.items[1].at)).toEqual(last);
    expect((await partner.partner("GET", "/calls?since=yesterday")).status).toBe(400);
  });

  it("show in the views a second after the last call that did not hold the rebuild back", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const sandbox = await aSandbox();
      const partner = await aMappedPartner(sandbox);
      const views = async () => {
        const { body } = await partner.partner("GET");
        return [body.lastSyncedAt === never ? "never" : "built", body.countsOutsideViews];
      };
      await partner.count(1, "cust-1", "?no_build=true");
      vi.advanceTimersByTime(5000);
      expect(await views()).toEqual(["never", 1]);
      await partner.count(2);
      vi.advanceTimersByTime(700);
      await partner.count(3);
      vi.advanceTimersByTime(700);
      expect(await views()).toEqual(["never", 1]);
      vi.advanceTimersByTime(300);
      expect(await views()).toEqual(["built", 0]);
      await partner.count(4, "cust-1", "?no_build=true");
      vi.advanceTimersByTime(5000);
      expect(await views()).toEqual(["built", 1]);
    } finally {
      vi.useRealTimers();
    }
  });
});
