import { afterEach, describe, expect, it } from "vitest";
import { rateLimit } from "#local/gradient-sandbox/calls/rate-limit";
import { aConnectedPartner, aMappedPartner, aSandbox, cleanUp } from "./gradient-sandbox-rig.ts";

afterEach(cleanUp);

/** The same arrivals for the same seed: bursts, steady stretches and pauses. */
const arrivals = (seed: number, howMany: number) => {
  let state = seed;
  const random = () => {
    // a linear congruential generator is random enough for arrivals
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  let now = 0;
  return Array.from({ length: howMany }, () => {
    const kind = random();
    now += kind < 0.7 ? random() * 4 : kind < 0.995 ? random() * 25 : random() * 1500;
    return now;
  });
};

describe("the limit of 100 requests in a second", () => {
  it("lets no window of a second hold more than 100, wherever it starts, and refuses nothing without need", () => {
    for (let seed = 1; seed <= 20; seed++) {
      let now = 0;
      const limit = rateLimit(100, 1000, () => now);
      const accepted: number[] = [];
      const wrong: number[] = [];
      for (const arrival of arrivals(seed, 2000)) {
        now = arrival;
        // the 100th accepted before this one: within the same second there is no room, otherwise there is
        const hundredth = accepted.at(-100) ?? Number.NEGATIVE_INFINITY;
        const admitted = limit.admit();
        if (admitted !== arrival - hundredth >= 1000) wrong.push(arrival);
        if (admitted) accepted.push(arrival);
      }
      const tooClose = accepted.filter((time, index) => time - (accepted[index - 100] ?? -1000) < 1000);
      expect({ seed, wrong, tooClose, refusedSome: accepted.length < 2000 }).toEqual({
        seed,
        wrong: [],
        tooClose: [],
        refusedSome: true,
      });
      expect(limit.figures()).toMatchObject({ accepted: accepted.length, maxAcceptedInAnySecond: 100 });
    }
  });

  it("refuses the 101st request of a second with 429 and takes one again when the first is a second old", async () => {
    let now = Date.parse("2026-11-01T10:00:00Z");
    const sandbox = await aSandbox({ now: () => now });
    const partner = await aConnectedPartner(sandbox);
    const ask = async () => (await partner.vendor("GET", "/organization")).status;
    expect(await ask()).toBe(200);
    now += 500;
    expect(new Set(await Promise.all(Array.from({ length: 99 }, ask)))).toEqual(new Set([200]));
    expect(await ask()).toBe(429);
    now += 499;
    expect(await ask()).toBe(429);
    now += 1;
    expect(await ask()).toBe(200);
    expect(await ask()).toBe(429);
    expect((await sandbox.partner("GET", "/stats")).body).toEqual({
      accepted: 101,
      refused: 3,
      maxAcceptedInAnySecond: 100,
      maxReceivedInAnySecond: 103,
      answers: { "200": 101, "429": 3 },
    });
  });

  it("has a refused count do nothing, and is not for the partner's side", async () => {
    let now = Date.parse("2026-11-01T10:00:00Z");
    const sandbox = await aSandbox({ now: () => now });
    const partner = await aMappedPartner(sandbox);
    await partner.count(1);
    while ((await partner.vendor("GET", "/organization")).status === 200);
    const refused = await partner.count(2);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, null]);
    expect(await partner.counts()).toEqual([["cust-1", 1]]);
    expect((await partner.partner("GET", "/calls?since=1")).body.items).toMatchObject([{ unitCount: 2, status: 429 }]);
    now += 1000;
    expect((await partner.count(2)).status).toBe(201);
  });
});
