import { afterEach, describe, expect, it } from "vitest";
import { expectedCounts } from "#local/sample/sample";
import type { LoopbackServer } from "#test/local/loopback-server";
import { fakeWorld } from "./fake-world.ts";
import { travel } from "./travel.ts";

let world: LoopbackServer | undefined;
afterEach(() => world?.stop());

describe("the journey", () => {
  it("goes from the feed to equal counts, and shows each step, the mail and the receipts", async () => {
    world = await fakeWorld();

    const shown = await travel(world);

    expect(shown.match(/^\d+ of 12 {2}/gm)).toHaveLength(12);
    expect(shown).toContain("│ Hello Marta Keller,");
    expect(shown).toContain("Harbourline IT Services: 4 services, 40 customers, 153 measurements.");
    expect(shown).toContain("34 of 37 accounts and 4 of 4 services are mapped.");
    expect(shown).toContain("first export 143 of 143\n  First export: 132 accepted and 11 unmapped of 143 lines.");
    expect(shown).toMatch(/^ {2}Merrow Travel +14 ✓ +0 ✓ +6 ✓ +15 ✓$/m);
    expect(shown).toMatch(/^ {2}NORTHGATE LOGISTICS +15 ○ +6 ○ +9 ○ +17 ○$/m);
    expect(shown).toContain("132 + 0 + 11 + 0 + 0 + 0 = 143 lines, a receipt for each.");
    expect(shown).toContain("Equal: for all 132 mapped pairs, Gradient holds the sample's number.");
  });

  it("never shows the partner token", async () => {
    world = await fakeWorld();

    expect(await travel(world)).not.toContain("canary-partner-token");
  });

  it("works a second time, without a new key and without mapping again, and sends everything once more", async () => {
    world = await fakeWorld();
    await travel(world);
    const first = world.received.length;

    const shown = await travel(world);

    const again = world.received.slice(first).map(({ method, path }) => `${method} ${path}`);
    expect(again.filter((call) => /keys|token$|mappings|finish/.test(call))).toEqual(["POST /token", "POST /token"]);
    expect(again).toContain("POST /v1/integrations/gradient/exports");
    expect(shown).toContain("Connected to Harbourline IT Services with the key that ends in 1000.");
    expect(shown).toContain("Equal: for all 132 mapped pairs");
  });

  it("asks when nothing is under way, and once more when all that follows a refusal is over", async () => {
    world = await fakeWorld({}, { recovers: true });

    const shown = await travel(world);

    // the one after the mapping's, the one that came first, and the one that follows for the refused press
    expect(shown.match(/run before {3}143 of 143/g)).toHaveLength(3);
    expect(shown).toContain("Export export-5: succeeded");
    expect(shown).toContain("Equal: for all 132 mapped pairs");
    const asked = world.received.filter(({ method, path }) => method === "POST" && path.endsWith("/exports"));
    expect(asked).toHaveLength(2);
  });

  it.each([
    [
      "the feed refuses a record",
      "POST /v1/hub/partners/org-1001/usage",
      { accepted: 152, rejected: [{ index: 0, code: "customer.unknown", detail: "No such customer." }] },
      /^Step 1, "The hub's feed has the sample", failed: The feed refused 1 of the sample's records/,
    ],
    [
      "the hub forgets the token",
      "PUT /v1/integrations/gradient/token",
      {},
      /^Step 5, "Paste the key into the hub", failed: the hub says that the token is missing$/,
    ],
    [
      "the confirmation is not recorded",
      "POST /v1/integrations/gradient/agreement/confirmations",
      {},
      /^Step 6, "Read the agreement and confirm it", failed: version v1 was confirmed, but/,
    ],
    [
      "receipts are missing",
      "GET /v1/integrations/gradient/exports/export-2/lines",
      { items: [], nextCursor: null },
      /^Step 11, "A receipt for every line", failed: 0 receipts for 143 lines$/,
    ],
    [
      "Gradient holds other numbers",
      "GET /_partner/organizations/org-g/counts",
      {
        items: expectedCounts().map(({ customerId, serviceName }) => ({
          accountId: customerId,
          serviceName,
          unitCount: 0,
        })),
      },
      /^Step 12, .+ failed: 12\d of 143 pairs differ, the first: Alder & Finch Solicitors, DNS Security Essentials is 24 in the sample, 0 in Gradient$/,
    ],
  ])("names the step when %s", async (_, call, body, sentence) => {
    world = await fakeWorld({ [call]: { status: 200, body } });

    await expect(travel(world)).rejects.toThrow(sentence);
  });

  it("says what Gradient's side answered when it refuses", async () => {
    world = await fakeWorld({
      "POST /_partner/organizations/org-g/finish": { status: 409, body: { message: "Map a service first." } },
    });

    await expect(travel(world)).rejects.toThrow(
      'Step 9, "In Gradient: map customers and services", failed: POST /_partner/organizations/org-g/finish answered 409: Map a service first.',
    );
  });

  it("pastes the key again in a moment where Gradient could not be asked, and another one where it is refused", async () => {
    world = await fakeWorld({}, { refusesKeys: ["gradient.unavailable", "token.rejected"] });

    const shown = await travel(world);

    expect(shown).toMatch(/answered 409 gradient\.unavailable.* The demo does that by itself, every 3 s\.\n/);
    expect(shown).toMatch(
      /answered 409 token\.rejected.* The demo generates another one by itself, and pastes that\.\n/,
    );
    expect(shown).toContain("key ends in 1001.");
    const pasted = world.received.filter(({ method, path }) => method === "PUT" && path.endsWith("/token"));
    expect(pasted.map(({ body }) => Reflect.get(Object(body), "partnerToken"))).toEqual([
      "canary-partner-token-1000",
      "canary-partner-token-1000",
      "canary-partner-token-1001",
    ]);
  });

  it("goes no further with a second key that is refused", async () => {
    world = await fakeWorld({}, { refusesKeys: ["token.rejected", "token.rejected"] });

    await expect(travel(world)).rejects.toThrow(/^Step 5, .+ failed: .+ answered 409 token.rejected: /);
  });

  it("says that it may be started again where the key cannot be checked now", async () => {
    const detail = "Gradient refuses this call of the hub. Nothing was changed; try again later.";
    world = await fakeWorld({
      "PUT /v1/integrations/gradient/token": { status: 503, body: { code: "gradient.refused", detail } },
    });

    await expect(travel(world)).rejects.toThrow(
      `${detail} To go on from here, run \`npm run demo\` again while \`npm start\` runs: at the time that is named, or at once where none is, for nothing waits then`,
    );
  });
});
