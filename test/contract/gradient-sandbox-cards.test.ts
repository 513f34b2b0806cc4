import { appendFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { aMappedPartner, aSandbox, cleanUp } from "./gradient-sandbox-rig.ts";

afterEach(cleanUp);

const aPartnerWithCards = async () => {
  const sandbox = await aSandbox();
  const partner = await aMappedPartner(sandbox);
  const cards = async (state = "open") => (await partner.partner("GET", `/cards?state=${state}`)).body.items;
  return { sandbox, partner, cards };
};

describe("a card", () => {
  it("tells the count before, which a repeat of the same count leaves as it is", async () => {
    const { partner, cards } = await aPartnerWithCards();
    await partner.count(5);
    expect(await cards()).toMatchObject([{ vendorUnits: 5, previousUnits: null }]);
    await partner.count(7);
    await partner.count(7);
    expect(await cards()).toMatchObject([{ vendorUnits: 7, previousUnits: 5 }]);
  });

  it("has no count before where the state is of a time when none was kept", async () => {
    const { sandbox, partner, cards } = await aPartnerWithCards();
    await partner.count(5);
    await sandbox.close();
    const { organizationId, serviceId } = partner;
    const value = { organizationId, accountId: "cust-1", serviceId, unitCount: 6, at: "2026-01-02T03:04:05.000Z" };
    const key = JSON.stringify([organizationId, "cust-1", serviceId]);
    const line = [{ table: "counts", key, value: { ...value, noBuild: false } }];
    appendFileSync(sandbox.stateFile, `${JSON.stringify(line)}\n`);

    const again = await aSandbox({ stateFile: sandbox.stateFile });
    const { body } = await again.partner("GET", `/organizations/${organizationId}/cards`);
    expect(body.items).toMatchObject([{ vendorUnits: 6, previousUnits: null }]);
    expect(await cards().catch(() => "closed")).toBe("closed");
  });

  it("is none for a first count of zero, and it is said how many there are of these", async () => {
    const { partner } = await aPartnerWithCards();
    const answer = async () => (await partner.partner("GET", "/cards?state=all")).body;
    await partner.count(0);
    expect(await answer()).toEqual({ items: [], zerosWithoutCard: 1 });
    await partner.count(3);
    expect(await answer()).toMatchObject({ items: [{ vendorUnits: 3 }], zerosWithoutCard: 0 });
  });

  it("stays to be found once it is settled, until another count comes", async () => {
    const { partner, cards } = await aPartnerWithCards();
    await partner.count(5);
    const [card] = await cards();
    await partner.partner("POST", `/cards/${card.cardId}/approve`);
    expect(await cards("approved")).toMatchObject([{ vendorUnits: 5, psaQuantity: 5, state: "approved" }]);
    await partner.count(6);
    await partner.partner("POST", `/cards/${card.cardId}/dismiss`);
    expect(await cards("dismissed")).toMatchObject([{ vendorUnits: 6, psaQuantity: 5, state: "dismissed" }]);
    expect([await cards("open"), await cards("approved")]).toEqual([[], []]);
    await partner.count(8);
    expect(await cards("all")).toMatchObject([{ vendorUnits: 8, previousUnits: 6, state: "open" }]);
    expect((await partner.partner("GET", "/cards?state=some")).status).toBe(400);
  });

  it("is settled with others at once, and passed over where it is settled already", async () => {
    const { partner, cards } = await aPartnerWithCards();
    await partner.partner("POST", "/mappings/auto", { accounts: ["cust-2"] });
    await partner.count(5);
    await partner.count(9, "cust-2");
    const cardIds = (await cards()).map(({ cardId }: { cardId: string }) => cardId);
    await partner.partner("POST", `/cards/${cardIds[0]}/approve`);
    const { body } = await partner.partner("POST", "/cards/approve", { cardIds });
    expect(body.items).toMatchObject([{ accountId: "cust-2", psaQuantity: 9, state: "approved" }]);
    expect(await cards()).toEqual([]);
    expect((await partner.partner("POST", "/cards/dismiss", { cardIds: [] })).status).toBe(400);
  });
});

describe("mapping what a person drags", () => {
  it("maps and unmaps several at once", async () => {
    const { partner } = await aPartnerWithCards();
    const { body } = await partner.partner("GET");
    const [client] = body.psaClients;
    const mapped = await partner.partner("POST", "/mappings", {
      accounts: [
        { accountId: "cust-1", psaClientId: client.id },
        { accountId: "cust-2", psaClientId: client.id },
      ],
      services: [{ serviceId: partner.serviceId, psaProductId: null }],
    });
    expect(mapped.body.accounts).toMatchObject([{ psaClientId: client.id }, { psaClientId: client.id }]);
    expect(mapped.body.services).toMatchObject([{ isMapped: false, psaProductId: null }]);
  });

  it("maps none where one of them is not there any more", async () => {
    const { partner } = await aPartnerWithCards();
    const { body } = await partner.partner("GET");
    const [client] = body.psaClients;
    for (const accounts of [
      [
        { accountId: "cust-2", psaClientId: client.id },
        { accountId: "gone", psaClientId: client.id },
      ],
      [
        { accountId: "cust-2", psaClientId: client.id },
        { accountId: "cust-1", psaClientId: "gone" },
      ],
    ]) {
      expect((await partner.partner("POST", "/mappings", { accounts })).status).toBe(404);
    }
    expect((await partner.partner("GET")).body.accounts).toMatchObject([{ isMapped: true }, { isMapped: false }]);
  });

  it("answers for 2,000 accounts in less than half a second", async () => {
    const { partner } = await aPartnerWithCards();
    const accounts = Array.from({ length: 2000 }, (_, n) => ({ id: `many-${n}`, name: `Customer ${n} of many` }));
    await partner.vendor("POST", "/organization/accounts", accounts);
    await partner.partner("POST", "/mappings/auto", { accounts: "all" });
    const start = performance.now();
    const { body } = await partner.partner("POST", "/mappings", {
      accounts: [{ accountId: "many-1", psaClientId: null }],
    });
    expect(performance.now() - start).toBeLessThan(500);
    expect(body.accounts).toHaveLength(2002);
  });
});

describe("the page's setting", () => {
  it("names the vendor and the other pages, as far as there are any", async () => {
    const alone = await aSandbox();
    expect((await alone.partner("GET", "/setting")).body).toEqual({
      vendorName: "Secure MSP Hub",
      hubUi: null,
      mailbox: null,
    });
    const links = { hubUi: "http://127.0.0.1:4000", mailbox: "http://127.0.0.1:4003" };
    const linked = await aSandbox({ portal: { ...links, mailbox: () => links.mailbox } });
    expect((await linked.partner("GET", "/setting")).body).toEqual({ vendorName: "Secure MSP Hub", ...links });
  });
});
