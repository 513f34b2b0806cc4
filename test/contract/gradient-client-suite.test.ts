import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import type { GradientApi, UnitCount } from "#shared/gradient/gradient-api";
import { gradientClient } from "#shared/gradient/gradient-client";
import { type PartnerToken, partnerToken } from "#shared/gradient/gradient-token";
import { inMemoryGradient } from "#test/fakes/in-memory-gradient";
import { freePacer, pacedGradient } from "#test/fakes/paced-gradient";
import { aConnectedPartner, aSandbox, cleanUp, vendorKey } from "./gradient-sandbox-rig.ts";

/** A partner that has just made its key, and what it can do in Gradient. */
interface World {
  api: GradientApi;
  token: PartnerToken;
  mapAccount(accountId: string): Promise<unknown>;
  mapService(serviceId: string): Promise<unknown>;
  regenerateKey(): Promise<PartnerToken>;
  disconnect(): Promise<unknown>;
  countOf(accountId: string, serviceId: string): Promise<number | undefined>;
}

const inMemory = async (): Promise<World> => {
  const gradient = inMemoryGradient();
  const api = pacedGradient(gradient, () => new Date()).as({ pacer: freePacer });
  const token = partnerToken.parse("canary-partner-token");
  const { connection } = gradient.addOrganization({ token });
  let current = token;
  return {
    api,
    token,
    mapAccount: async (accountId) => gradient.mapAccount(current, accountId),
    mapService: async (serviceId) => gradient.mapService(current, serviceId),
    regenerateKey: async () => {
      current = gradient.regenerateKey(current);
      return current;
    },
    disconnect: async () => gradient.disconnect(current),
    countOf: async (accountId, serviceId) => {
      expect(connection.organizationId).toBe(gradient.organizationOf(current)?.connection.organizationId);
      return gradient.countOf(current, accountId, serviceId);
    },
  };
};

const overHttp = async (): Promise<World> => {
  const sandbox = await aSandbox();
  const { token, partner } = await aConnectedPartner(sandbox);
  return {
    api: gradientClient({ baseUrl: `${sandbox.url}/api`, vendorKey }).as({ pacer: freePacer }),
    token: partnerToken.parse(token),
    mapAccount: (accountId) => partner("POST", "/mappings/accounts", { accountId }),
    mapService: (serviceId) => partner("POST", "/mappings/services", { serviceId }),
    regenerateKey: async () => partnerToken.parse((await partner("POST", "/keys")).body.partnerToken),
    disconnect: () => partner("POST", "/disconnect"),
    countOf: async (accountId, serviceId) => {
      const { items }: { items: (UnitCount & { accountId: string })[] } = (await partner("GET", "/counts")).body;
      return items.find((item) => item.accountId === accountId && item.serviceId === serviceId)?.unitCount;
    },
  };
};

afterAll(cleanUp);

describe.each([
  ["in memory", inMemory],
  ["over HTTP, as the sandbox imitates it", overHttp],
])("Gradient %s", (_, open) => {
  let world: World;
  let api: GradientApi;
  let token: PartnerToken;

  beforeEach(async () => {
    world = await open();
    ({ api, token } = world);
  });
  afterEach(cleanUp);

  const service = { name: "DNS", description: "One seat", category: "security", subcategory: "DNS filtering" };
  const aService = async () => {
    await api.createService(token, service);
    const created = (await api.readServices(token)).find(({ name }) => name === service.name);
    return created?.id ?? expect.fail("the service was not created");
  };
  const count = (serviceId: string, accountId: string, unitCount: number, rebuildsViews = true) =>
    api.setUnitCount(token, { serviceId, accountId, unitCount, rebuildsViews });
  const unmapped = { kind: "unmapped", message: expect.stringContaining("No ") };

  it("knows the connection before anything was synced, and takes its status", async () => {
    const before = await api.readConnection(token);
    expect(before).toEqual({
      organizationId: expect.any(String),
      organizationName: "Example MSP",
      integrationId: expect.any(String),
      status: "inactive",
      lastSyncedAt: null,
    });
    await api.setStatus(token, "pending");
    expect(await api.readConnection(token)).toEqual({ ...before, status: "pending" });
    await api.setStatus(token, "inactive");
    expect(await api.readConnection(token)).toEqual(before);
  });

  it("lists created accounts under our ids, whatever characters they hold, as not mapped", async () => {
    const accounts = [
      { id: "cust-1", name: "Fir Bakery" },
      { id: "a/b ?#%ž", name: "Žluťoučký kůň & synové" },
    ];
    await api.createAccounts(token, accounts);
    await api.createAccounts(token, []);
    expect(await api.readAccounts(token)).toEqual(accounts.map((account) => ({ ...account, isMapped: false })));

    await world.mapAccount("a/b ?#%ž");
    expect((await api.readAccounts(token)).map(({ isMapped }) => isMapped)).toEqual([false, true]);
  });

  it("refuses an account that is there already", async () => {
    await api.createAccounts(token, [{ id: "cust-1", name: "Fir Bakery" }]);
    await expect(api.createAccounts(token, [{ id: "cust-1", name: "Other" }])).rejects.toMatchObject({
      code: "gradient.conflict",
    });
    expect(await api.readAccounts(token)).toMatchObject([{ id: "cust-1", name: "Fir Bakery" }]);
  });

  it("renames accounts in place, and keeps their mapping", async () => {
    await api.createAccounts(token, [
      { id: "cust/1", name: "Old" },
      { id: "cust-2", name: "Same" },
    ]);
    await world.mapAccount("cust/1");
    await api.changeAccounts(token, [
      { id: "cust/1", name: "New" },
      { id: "cust-2", isActive: false },
    ]);
    expect(await api.readAccounts(token)).toEqual([
      { id: "cust/1", name: "New", isMapped: true },
      { id: "cust-2", name: "Same", isMapped: false },
    ]);
  });

  it("changes none of several accounts where it does not know one of them", async () => {
    await api.createAccounts(token, [{ id: "cust/2", name: "Old" }]);
    const changes = [
      { id: "nobody", name: "x" },
      { id: "cust/2", name: "New" },
    ];
    await expect(api.changeAccounts(token, changes)).rejects.toMatchObject({ code: "gradient.refused" });
    expect(await api.readAccounts(token)).toMatchObject([{ name: "Old" }]);
    await api.changeAccounts(token, [{ id: "cust/2", name: "New" }]);
    expect(await api.readAccounts(token)).toMatchObject([{ name: "New" }]);
  });

  it("calls a count unmapped until both account and service are mapped, and holds nothing by then", async () => {
    const serviceId = await aService();
    await api.createAccounts(token, [{ id: "cust-1", name: "Fir Bakery" }]);
    expect(await count(serviceId, "cust-1", 3)).toMatchObject(unmapped);
    expect(await count(serviceId, "nobody", 3)).toMatchObject(unmapped);
    await world.mapAccount("cust-1");
    expect(await count(serviceId, "cust-1", 3)).toMatchObject(unmapped);
    expect(await world.countOf("cust-1", serviceId)).toBeUndefined();

    await world.mapService(serviceId);
    expect(await count(serviceId, "cust-1", 3)).toMatchObject({ kind: "accepted" });
    expect(await world.countOf("cust-1", serviceId)).toBe(3);
  });

  it("sets levels: the last one stands, a zero too, with or without a rebuild", async () => {
    const serviceId = await aService();
    await api.setStatus(token, "pending");
    await api.createAccounts(token, [{ id: "cust-1", name: "Fir Bakery" }]);
    await world.mapAccount("cust-1");
    await world.mapService(serviceId);
    for (const unitCount of [7, 7, 0]) {
      expect(await count(serviceId, "cust-1", unitCount, unitCount === 0)).toMatchObject({ kind: "accepted" });
      expect(await world.countOf("cust-1", serviceId)).toBe(unitCount);
    }
    expect(await api.readConnection(token)).toMatchObject({ status: "active" });
  });

  it("refuses the old key once a new one was made, and keeps the accounts", async () => {
    const serviceId = await aService();
    await api.createAccounts(token, [{ id: "cust-1", name: "Fir Bakery" }]);
    const next = await world.regenerateKey();

    const rejected = { kind: "forbidden", code: "gradient.token-rejected" };
    await expect(api.readConnection(token)).rejects.toMatchObject(rejected);
    await expect(api.setStatus(token, "pending")).rejects.toMatchObject(rejected);
    await expect(api.readAccounts(token)).rejects.toMatchObject(rejected);
    await expect(api.createAccounts(token, [{ id: "x", name: "x" }])).rejects.toMatchObject(rejected);
    expect(await count(serviceId, "cust-1", 1)).toMatchObject({ kind: "token-rejected" });

    expect(await api.readAccounts(next)).toEqual([{ id: "cust-1", name: "Fir Bakery", isMapped: false }]);
  });

  it("refuses the key once the partner has disconnected", async () => {
    await world.disconnect();
    await expect(api.readConnection(token)).rejects.toMatchObject({ code: "gradient.token-rejected" });
  });
});
