import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSample } from "#local/sample/sample";
import { type ConnectedPartner, countsHeld, countsSent, finishUntilNext, mapAll, momentsOf } from "./finishing.ts";
import { bodyOf, connectPartner, eventually, feedPartner, feedSession } from "./hub-session.ts";
import { type RunningSystem, startLocalSystem } from "./local-system.ts";

const base = "/v1/integrations/gradient";
const minuteMs = 60_000;
const { services } = readSample();
const partnerIds = ["org-4001", "org-4002", "org-4003"] as const;

let system: RunningSystem;
let partners: ConnectedPartner[] = [];
beforeAll(async () => {
  // the sample is there for its catalogue
  system = await startLocalSystem({ sample: true });
  for (const id of partnerIds) {
    await feedPartner(system, id, { unitCount: 3 });
    partners = [...partners, await connectPartner(system, id)];
  }
}, 2 * minuteMs);
afterAll(async () => {
  await system?.stop();
});

const partner = (place: number): ConnectedPartner => {
  const found = partners[place];
  if (!found) throw new Error("The partner is not connected");
  return found;
};
/** How the sandbox tells of the mappings that are finished from now on. */
const telling = async (times: number, delayMs = 0) => {
  const webhook = { times, delayMs };
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ webhook });
  const reply = await fetch(`${system.endpoints.gradient}/_behaviour`, { method: "PUT", headers, body });
  expect(reply.ok).toBe(true);
};
const expectedOf = (place: number): string[] =>
  services.map(({ name }) => `${partnerIds[place]}-customer ${name} 3`).sort();
const runsOf = async ({ session }: ConnectedPartner) =>
  bodyOf(await session(`GET ${base}/exports`, {})).items.map(({ trigger, outcome }) => `${trigger} ${outcome}`);
const untilSent = (place: number) =>
  eventually(
    "the counts in Gradient, and the end of the run",
    async () => {
      const held = await countsHeld(partner(place).at);
      const runs = await runsOf(partner(place));
      return held.length === services.length && runs[0]?.endsWith("succeeded") ? held : undefined;
    },
    minuteMs,
  );
const lookedAt = async ({ session }: ConnectedPartner) =>
  bodyOf(await session(`GET ${base}/mapping`, {})).lastCheckedAt ?? "";

describe("a partner that has finished its mapping", () => {
  it("is found by looking alone where nobody tells, and a webhook that comes later than that does no harm", async () => {
    const [silent, late] = [partner(0), partner(1)];
    await Promise.all([mapAll(silent), mapAll(late)]);
    const lateByMs = 95_000;
    await telling(0);
    const ofSilent = finishUntilNext(silent, { limitMs: 100_000 });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await telling(1, lateByMs);
    const ofLate = finishUntilNext(late, { limitMs: 100_000 });

    // the job of each minute, and what the look and its count take on a machine that is busy
    expect(Math.max(await ofSilent, await ofLate)).toBeLessThan(minuteMs + 15_000);
    expect(await untilSent(0)).toEqual(expectedOf(0));
    expect(await untilSent(1)).toEqual(expectedOf(1));
    expect(await momentsOf(late.session, "mapping.reported")).toEqual([]);
    const [sent, runs] = [await countsSent(late.at), await runsOf(late)];

    const [reportedAt = ""] = await eventually(
      "the late webhook",
      async () => {
        const found = await momentsOf(late.session, "mapping.reported");
        return found.length > 0 ? found : undefined;
      },
      lateByMs + 30_000,
    );
    await eventually("the look that it asks for", async () => ((await lookedAt(late)) > reportedAt ? true : undefined));

    expect(runs).toHaveLength(1);
    expect({ sent: await countsSent(late.at), runs: await runsOf(late) }).toEqual({ sent, runs });
    expect(await countsHeld(late.at)).toEqual(expectedOf(1));
    expect(await momentsOf(late.session, "integration.activated")).toHaveLength(1);
    expect(bodyOf(await late.session(`GET ${base}`, {}))).toMatchObject({ state: "active", problems: [] });
    expect(await momentsOf(silent.session, "mapping.reported")).toEqual([]);
  }, 240_000);

  it("is told of once where the webhook comes twice", async () => {
    const twice = partner(2);
    await mapAll(twice);
    await telling(2, 2_000);

    await finishUntilNext(twice);
    expect(await untilSent(2)).toEqual(expectedOf(2));
    await eventually("the second delivery", async () => {
      const outcomes = system.log().match(/"outcome":"repeat"/g) ?? [];
      return outcomes.length > 0 ? true : undefined;
    });

    expect(await momentsOf(twice.session, "mapping.reported")).toHaveLength(1);
    expect(await runsOf(twice)).toEqual(["mapping succeeded"]);
    // the look's own, and what the run had to send
    expect(await countsSent(twice.at)).toBeLessThanOrEqual(2 * services.length);
  }, 90_000);
});

describe("a customer that comes later", () => {
  it("is created, listed, and billed once it is mapped there, without any call but the feed's", async () => {
    const { session, post, at } = partner(2);
    const partnerId = partnerIds[2];
    const feed = await feedSession(system);
    const id = "a-later-customer";
    const customers = [{ id, name: "A later customer", billing: "billed" as const }];
    const addedAt = Date.now();
    bodyOf(await feed("POST /v1/hub/partners/{partnerId}/customers", { path: { partnerId }, body: { customers } }));

    const listed = await eventually(
      "the customer among the unmapped",
      async () => {
        const { accounts, unmapped } = bodyOf(await session(`GET ${base}/mapping`, {}));
        return unmapped.accounts.some((account) => account.id === id) && accounts.total === 2 ? accounts : undefined;
      },
      minuteMs,
    );
    expect(listed).toMatchObject({ total: 2, mapped: 1 });
    await eventually("its account in Gradient", async () => {
      const { accounts } = JSON.parse(await (await fetch(at)).text());
      return accounts.some((account: { id: string }) => account.id === id) || undefined;
    });
    expect(Date.now() - addedAt).toBeLessThan(minuteMs);

    await post(`${at}/mappings/accounts`, { accountId: id });
    const [service] = services;
    const measurement = { customerId: id, serviceId: service?.id ?? "", unitCount: 7 };
    const measurements = [{ ...measurement, measuredAt: new Date().toISOString() }];
    bodyOf(await feed("POST /v1/hub/partners/{partnerId}/usage", { path: { partnerId }, body: { measurements } }));

    const count = await eventually(
      "its count in Gradient",
      async () => (await countsHeld(at)).find((held) => held.startsWith(id)),
      minuteMs,
    );
    expect(count).toBe(`${id} ${service?.name} 7`);
  }, 150_000);
});
