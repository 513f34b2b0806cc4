import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { faultInjector } from "#local/gradient-sandbox/calls/faults";
import { aMappedPartner, aSandbox, cleanUp, type Sandbox } from "./gradient-sandbox-rig.ts";

let sandbox: Sandbox;
let partner: Awaited<ReturnType<typeof aMappedPartner>>;
let level = 0;
beforeAll(async () => {
  sandbox = await aSandbox();
  partner = await aMappedPartner(sandbox);
});
beforeEach(async () => {
  await fetch(`${sandbox.url}/_faults`, { method: "DELETE" });
  level += 10;
  await partner.count(level);
});
afterAll(cleanUp);

const stored = async () => (await partner.counts())[0][1];
const lastCall = async () => (await partner.partner("GET", "/calls")).body.items.at(-1);
/** The status of a count, or what befell its connection. */
const fateOf = (unitCount: number) =>
  partner.count(unitCount).then(
    ({ status }) => status,
    () => "cut",
  );

describe("a fault on demand", () => {
  it("refuses with 500, 429, 403 or 401 and does nothing", async () => {
    for (const status of [500, 429, 403, 401]) {
      await sandbox.faults({ [`rate${status}`]: 1 });
      expect([await fateOf(level + 1), await stored()]).toEqual([status, level]);
      expect(await lastCall()).toMatchObject({ unitCount: level + 1, status, fault: String(status) });
    }
  });

  it("gives its 429 a Retry-After only when told to", async () => {
    await sandbox.faults({ rate429: 1 });
    expect((await partner.count(1)).headers.get("retry-after")).toBeNull();
    await sandbox.faults({ rate429: 1, retryAfterSeconds: 7 });
    expect((await partner.count(1)).headers.get("retry-after")).toBe("7");
  });

  it("resets the connection before anything is done", async () => {
    await sandbox.faults({ rateReset: 1 });
    expect([await fateOf(level + 1), await stored()]).toEqual(["cut", level]);
  });

  it("loses the answer after everything is done", async () => {
    await sandbox.faults({ rateAnswerLost: 1 });
    expect([await fateOf(level + 1), await stored()]).toEqual(["cut", level + 1]);
    expect(await lastCall()).toMatchObject({ status: 201, fault: "answer-lost" });
  });

  it("lands a count late, over a newer one too", async () => {
    const { n } = await lastCall();
    await sandbox.faults({ landLate: { rate: 1, ms: 400 }, first: 1 });
    expect([await fateOf(level + 1), await fateOf(level + 2)]).toEqual(["cut", 201]);
    await expect.poll(stored, { timeout: 3000 }).toBe(level + 1);
    expect((await partner.partner("GET", `/calls?since=${n}`)).body.items).toMatchObject([
      { unitCount: level + 2, status: 201, fault: null },
      { unitCount: level + 1, status: 201, fault: "land-late" },
    ]);
  });

  it("delays before anything is done", async () => {
    await sandbox.faults({ delayMs: 120, jitterMs: 30 });
    const start = performance.now();
    const answer = fateOf(level + 1);
    expect(await stored()).toBe(level);
    expect([await answer, await stored()]).toEqual([201, level + 1]);
    const tookMs = performance.now() - start;
    // one less, because timers count in whole milliseconds
    expect(tookMs).toBeGreaterThan(119);
  });

  it("spreads delays evenly over the jitter", () => {
    const faults = faultInjector();
    faults.set({ delayMs: 50, jitterMs: 100, seed: 1 });
    const delays = Array.from({ length: 200 }, () => faults.next(true).delayMs);
    expect(delays.filter((delay) => delay < 50 || delay > 150)).toEqual([]);
    // 50 of 200 in each quarter, and six standard deviations are 37
    for (const quarter of [50, 75, 100, 125]) {
      expect(delays.filter((delay) => delay >= quarter && delay < quarter + 25).length).toBeGreaterThan(13);
    }
  });

  it("keeps to counts when told to, and never touches the partner's side", async () => {
    await sandbox.faults({ rate500: 1, only: "counts" });
    expect((await partner.vendor("GET", "/organization")).status).toBe(200);
    expect(await fateOf(1)).toBe(500);
    await sandbox.faults({ rate500: 1 });
    expect((await partner.vendor("GET", "/organization")).status).toBe(500);
    expect((await partner.partner("GET")).status).toBe(200);
  });

  it.each([401, 403])("refuses one call with %i, as a false alarm does", async (status) => {
    await sandbox.faults({ [`rate${status}`]: 1, first: 1 });
    expect([await fateOf(1), await fateOf(1)]).toEqual([status, 201]);
  });

  it("ends after the first n, and when it is deleted", async () => {
    await sandbox.faults({ rate500: 1, first: 2 });
    expect([await fateOf(1), await fateOf(1), await fateOf(1)]).toEqual([500, 500, 201]);
    await sandbox.faults({ rate500: 1 });
    await fetch(`${sandbox.url}/_faults`, { method: "DELETE" });
    expect(await fateOf(1)).toBe(201);
    expect(await (await fetch(`${sandbox.url}/_faults`)).json()).toEqual({ matched: 0 });
  });

  it("is the same for the same seed, and about as frequent as asked", async () => {
    const fates = async (seed: number) => {
      await sandbox.faults({ rate500: 0.3, rate429: 0.2, rateReset: 0.1, seed });
      const seen: (string | number)[] = [];
      for (let index = 0; index < 100; index++) seen.push(await fateOf(index));
      return seen;
    };
    const first = await fates(42);
    expect(await fates(42)).toEqual(first);
    expect(await fates(43)).not.toEqual(first);
    const share = (fate: string | number) => first.filter((one) => one === fate).length;
    // three standard deviations of 100 draws are 14, 12 and 9
    expect(Math.abs(share(500) - 30)).toBeLessThan(14);
    expect(Math.abs(share(429) - 20)).toBeLessThan(12);
    expect(Math.abs(share("cut") - 10)).toBeLessThan(9);
  });

  it("draws a seed and shows it when none is given", async () => {
    const { body } = await sandbox.faults({ rate500: 0.5 });
    expect(body).toEqual({ rate500: 0.5, seed: expect.any(Number), matched: 0 });
    expect((await sandbox.faults({ rate500: 0.5 })).body.seed).not.toBe(body.seed);
  });

  it("refuses what it does not understand and keeps what is on", async () => {
    await sandbox.faults({ rate429: 1, seed: 1 });
    for (const settings of [
      { rate500: 2 },
      { rate500: 0.7, rateReset: 0.7 },
      { rate5OO: 1 },
      { only: "some" },
      [],
      { delayMs: -1 },
    ]) {
      expect((await sandbox.faults(settings)).status).toBe(400);
    }
    expect(await (await fetch(`${sandbox.url}/_faults`)).json()).toMatchObject({ rate429: 1 });
  });
});
