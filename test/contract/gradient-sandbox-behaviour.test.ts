import { afterEach, describe, expect, it } from "vitest";
import { aConnectedPartner, aMappedPartner, aSandbox, cleanUp, mailbox, type Sandbox } from "./gradient-sandbox-rig.ts";

afterEach(cleanUp);

const behave = async ({ url }: Sandbox, settings: object) => {
  const response = await fetch(`${url}/_behaviour`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(settings),
  });
  return response.status;
};

describe("a Gradient that does not tell what is mapped", () => {
  it("leaves it out of the accounts, and out of nothing else", async () => {
    const sandbox = await aSandbox();
    const partner = await aMappedPartner(sandbox);
    expect(await behave(sandbox, { tellsIsMapped: false })).toBe(200);

    expect((await partner.vendor("GET", "/organization/accounts")).body).toEqual([
      { id: "cust-1", name: "Fir Bakery", description: "" },
      { id: "cust-2", name: "Gorse Garage", description: "" },
    ]);
    expect((await partner.count(5)).status).toBe(201);
    expect((await partner.count(5, "cust-2")).status).toBe(404);
  });
});

describe("a Gradient that refuses names", () => {
  it("takes every service but those", async () => {
    const sandbox = await aSandbox();
    const partner = await aConnectedPartner(sandbox);
    await behave(sandbox, { refusedServices: ["Poison"] });

    expect((await partner.vendor("POST", "/service", { ...mailbox, name: "Poison" })).status).toBe(400);
    expect((await partner.vendor("POST", "/service", mailbox)).status).toBe(201);
  });

  it("takes nothing of a call that has an account of such a name, and calls of fair size only", async () => {
    const sandbox = await aSandbox();
    const partner = await aConnectedPartner(sandbox);
    await behave(sandbox, { refusedAccounts: ["Bad"], maxAccountsInBody: 2 });
    const create = async (...names: string[]) =>
      (
        await partner.vendor(
          "POST",
          "/organization/accounts",
          names.map((name) => ({ id: name, name })),
        )
      ).status;

    expect(await create("Good", "Bad")).toBe(400);
    expect(await create("A", "B", "C")).toBe(413);
    expect(await create("A", "B")).toBe(201);
    expect((await partner.vendor("PATCH", "/organization/accounts/A", { name: "Bad" })).status).toBe(400);
    expect((await partner.vendor("GET", "/organization/accounts")).body).toHaveLength(2);
  });
});

describe("names that are nearly the same", () => {
  it("are offered to a person, and not mapped by themselves", async () => {
    const sandbox = await aSandbox();
    const psaClients = ["Fir Bakery Ltd.", "FIR-BAKERY", "Gorse Garage"];
    const partner = await aConnectedPartner(sandbox, { name: "Example MSP", psaClients });
    await partner.vendor("POST", "/organization/accounts", [
      { id: "a", name: "Fir Bakery" },
      { id: "b", name: "Gorse Garage" },
    ]);

    const { accounts } = (await partner.partner("GET")).body;
    expect(accounts).toMatchObject([
      { id: "a", isMapped: false, nearMatches: [{ name: "FIR-BAKERY" }] },
      { id: "b", isMapped: true },
    ]);
    expect(accounts[1]).not.toHaveProperty("nearMatches");
  });
});

describe("a partner that disconnects", () => {
  it.each([
    [undefined, true],
    [{ newIntegrationId: false }, true],
    [{ newIntegrationId: true }, false],
  ])("asked for with %j, comes back by the same connection: %s", async (body, isSame) => {
    const sandbox = await aSandbox();
    const partner = await aMappedPartner(sandbox);

    expect((await partner.partner("POST", "/disconnect", body)).body).toEqual({ deletedAccounts: 2 });

    const { integrationId, accounts } = (await partner.partner("GET")).body;
    expect(integrationId === partner.integrationId).toBe(isSame);
    expect(accounts).toEqual([]);
  });

  it("keeps its accounts where only the key is another", async () => {
    const sandbox = await aSandbox();
    const partner = await aMappedPartner(sandbox);
    const { body } = await partner.partner("POST", "/keys");

    expect((await partner.vendor("GET", "/organization")).status).toBe(401);
    expect((await sandbox.vendor(body.partnerToken, "GET", "/organization/accounts")).body).toHaveLength(2);
  });
});

it("refuses a behaviour that it does not know", async () => {
  expect(await behave(await aSandbox(), { moody: true })).toBe(400);
});
