import { afterEach, describe, expect, it } from "vitest";
import { takeJourney } from "#local/demo/journey";
import { terminalOn } from "#local/demo/traveller/terminal";
import { expectedCounts } from "#local/sample/sample";
import type { LoopbackServer } from "#test/local/loopback-server";
import { fakeWorld } from "./fake-world.ts";

let world: LoopbackServer | undefined;
afterEach(() => world?.stop());

const travel = async ({ url }: LoopbackServer): Promise<string> => {
  const written: string[] = [];
  const terminal = terminalOn({ write: (text) => written.push(text), ansi: false });
  await takeJourney({ hubUi: url, api: url, gradient: url, mailbox: url, issuer: url }, terminal);
  return written.join("");
};

describe("the journey", () => {
  it("goes from the feed to equal counts, and shows each step, the mail and the receipts", async () => {
    world = await fakeWorld();

    const shown = await travel(world);

    expect(shown.match(/^\d+ of 12 {2}/gm)).toHaveLength(12);
    expect(shown).toContain("│ Hello Marta Keller,");
    expect(shown).toContain("Harbourline IT Services: 4 services, 40 customers, 153 measurements.");
    expect(shown).toContain("34 of 37 accounts and 4 of 4 services are mapped.");
    expect(shown).toContain("first export 143 of 143");
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

  it("asks once more, and only when it is over, where a run is under way", async () => {
    world = await fakeWorld({}, { recovers: true });

    const shown = await travel(world);

    expect(shown).toContain("run before   143 of 143");
    expect(shown).toContain("Equal: for all 132 mapped pairs");
    const asked = world.received.filter(({ method, path }) => method === "POST" && path.endsWith("/exports"));
    expect(asked).toHaveLength(2);
  });

  it("waits for the run that sends what was left over, and compares with what both say", async () => {
    world = await fakeWorld({}, { leavesOver: 2 });

    const shown = await travel(world);

    expect(shown).toContain(
      "Export export-2 ended finished, outcome partial: 130 of 143 lines accepted, 2 left over. Some calls failed: what is left waits since 2026-11-27 03:20:00 UTC, is tried again at 2026-11-27 03:21:00 UTC",
    );
    expect(shown).toContain("Export export-2: partial, 130 accepted and 11 unmapped, 2 left over, of 143 lines.");
    expect(shown).toContain("Export export-3: succeeded, 2 accepted and 0 unmapped of 2 lines.");
    expect(shown).toContain("130 + 0 + 11 + 0 + 2 + 0 = 143 lines, a receipt for each.");
    expect(shown).toContain("2 + 0 + 0 + 0 + 0 + 0 = 2 lines, a receipt for each.");
    expect(shown).toContain("Equal: for all 132 mapped pairs");
  });

  it("says so at once where nothing is going to send what was left over", async () => {
    world = await fakeWorld(
      { "GET /v1/integrations/gradient": (usual) => ({ ...usual, exports: { waiting: null } }) },
      { leavesOver: 2 },
    );

    await expect(travel(world)).rejects.toThrow(/outcome partial: 130 of 143 lines accepted, 2 left over$/);
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

  const waiting = {
    why: "gradient-refuses",
    since: "2026-11-26T07:10:58Z",
    retryAt: "2026-11-26T07:26:10Z",
    linesAhead: null,
    expectedAt: null,
  };
  const told =
    "Gradient refuses our calls: what is left waits since 2026-11-26 07:10:58 UTC, is tried again at 2026-11-26 07:26:10 UTC, and goes on by itself then";

  it.each([
    ["all lines", { outcome: "failed", totals: {} }, "failed: 132 of 143 lines accepted, 0 left over"],
    [
      "all lines after the first",
      { outcome: "partial", totals: { accepted: 1, deferred: 142 } },
      "partial: 1 of 143 lines accepted, 142 left over",
    ],
  ])("says what is waited for when Gradient refuses %s", async (_, { totals, ...end }, outcome) => {
    const hasAsked = () => world?.received.some(({ method, path }) => method === "POST" && path.endsWith("/exports"));
    world = await fakeWorld({
      "GET /v1/integrations/gradient": (usual) => ({ ...usual, exports: { waiting: hasAsked() ? waiting : null } }),
      "GET /v1/integrations/gradient/exports/export-2": (usual) => ({
        ...usual,
        ...end,
        totals: { ...Reflect.get(usual, "totals"), ...totals },
      }),
    });

    await expect(travel(world)).rejects.toThrow(`Export export-2 ended finished, outcome ${outcome}. ${told}`);
  });

  it("pastes the key again in a moment where Gradient could not be asked, and another one where it is refused", async () => {
    world = await fakeWorld({}, { refusesKeys: ["gradient.unavailable", "token.rejected"] });

    const shown = await travel(world);

    expect(shown).toContain("answered 409 gradient.unavailable");
    expect(shown).toContain("answered 409 token.rejected");
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

    await expect(travel(world)).rejects.toThrow(`${detail} Then start the demo again: it goes on from here`);
  });

  it.each([
    [
      "before the accounts are there",
      8,
      { "GET /_partner/organizations/org-g": (usual: object) => ({ ...usual, accounts: [] }) },
    ],
    [
      "before anything is sent",
      10,
      { "GET /v1/integrations/gradient/exports": () => ({ items: [], nextCursor: null }) },
    ],
  ])("says at once what is waited for when Gradient refuses %s", async (_, step, answers) => {
    world = await fakeWorld({
      "GET /v1/integrations/gradient": (usual) => ({ ...usual, exports: { waiting } }),
      ...answers,
    });

    await expect(travel(world)).rejects.toThrow(
      new RegExp(`^Step ${step}, .+ failed: ${told}. Start the demo again after that$`),
    );
  });
});
