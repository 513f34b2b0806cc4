import { describe, expect, it } from "vitest";
import type { UsageExport } from "#shared/exports/usage-export";
import { isWanted } from "#shared/integrations/record/wants";
import {
  activeWorld,
  carry,
  connectedWorld,
  customersNamed,
  exportOf,
  inShort,
  runsOf,
  schedule,
  send,
  start,
} from "#test/builders/connected-world";
import type { ServiceWorld } from "#test/fakes/service-world";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** The runs from the one after so many on. */
const since = async (world: ServiceWorld, before: UsageExport[]) => (await runsOf(world)).slice(before.length);

describe("after Gradient has failed for a minute", () => {
  /** A partner with a monthly schedule, and a Gradient that answers 503 to everything while it is down. */
  const monthlyWorld = async () => {
    let isDown = false;
    const world = await activeWorld(["a", "b", "c"], {
      through: (gradient) => ({
        ...gradient,
        setUnitCount: (token, count) =>
          isDown ? Promise.resolve({ kind: "in-doubt", reason: "503" }) : gradient.setUnitCount(token, count),
      }),
    });
    await schedule(world, { frequency: "monthly", dayOfMonth: 22, hour: 12 });
    const goDown = async (forMs: number) => {
      isDown = true;
      await world.clock.sleep(forMs);
      isDown = false;
    };
    return { world, goDown };
  };

  it("all counts are right within minutes, without a person, and the history shows a recovery", async () => {
    const { world, goDown } = await monthlyWorld();
    const before = await runsOf(world);
    for (const id of ["a", "b", "c"]) await world.setUsage(id, { dns: 77, sig: 3 });
    // at a minute to twelve; the run of noon meets the outage
    await world.pass(Date.parse("2026-11-22T11:59:00.000Z") - world.clock.now());
    const outage = goDown(2 * minuteMs);

    await world.live(8);
    await outage;

    expect((await since(world, before)).map(inShort)).toEqual([
      "schedule changes failed",
      "recovery changes succeeded",
    ]);
    const right = ["a", "b", "c"].flatMap((id) => [
      [`${id}/dns`, 77],
      [`${id}/sig`, 3],
    ]);
    expect(await world.counts()).toEqual(Object.fromEntries(right));
    expect(await world.integration()).toMatchObject({ nextRunAt: "2026-12-22T12:00:00.000Z" });
  });

  it("what was left over is tried again less and less often while Gradient is down, and sent soon after", async () => {
    const { world, goDown } = await monthlyWorld();
    const before = await runsOf(world);
    await world.setUsage("a", { dns: 77, sig: 0 });
    await world.pass(Date.parse("2026-11-22T11:59:00.000Z") - world.clock.now());
    const outage = goDown(4 * hourMs);

    await world.live(4 * 60 + 30);
    await outage;

    const runs = await since(world, before);
    // at once, then after 1, 5, 15 and each 25 minutes
    expect(runs.length).toBeGreaterThan(8);
    expect(runs.length).toBeLessThan(16);
    expect(runs.at(-1)).toMatchObject({
      trigger: "recovery",
      kind: "retry",
      outcome: "succeeded",
      totals: { lines: 1 },
    });
    expect(await world.counts()).toMatchObject({ "a/dns": 77 });
    const { wants } = await world.integration();
    expect([wants.all, wants.retry].some(isWanted)).toBe(false);
  });
});

describe("a date", () => {
  const noon = Date.parse("2026-11-22T12:00:00.000Z");
  const dailyAtNoon = async (customers = ["a", "b", "c"]) => {
    const world = await activeWorld(customers);
    await schedule(world, { hour: 12 });
    return world;
  };

  it("that falls while a run has already read its lines is met by the next run at once", async () => {
    const world = await dailyAtNoon(customersNamed(300));
    await world.pass(noon - 2_000 - world.clock.now());
    const run = await start(world);
    const measuring = async () => {
      // read and sent by then
      await world.clock.sleep(4_000);
      const first = world.gradient.countsReceived.at(-500)?.accountId ?? "";
      await world.setUsage(first, { dns: 77, sig: 77 });
      return first;
    };

    const [, changed] = await world.clock.settle(Promise.all([carry(world, run), measuring()]));
    const before = await runsOf(world);
    await world.live(1);

    expect(await exportOf(world, run)).toMatchObject({ trigger: "manual", outcome: "succeeded" });
    expect((await since(world, before)).map(inShort)).toEqual(["schedule changes succeeded"]);
    expect(await world.counts()).toMatchObject({ [`${changed}/dns`]: 77 });
    expect(await world.integration()).toMatchObject({ nextRunAt: "2026-11-23T12:00:00.000Z" });
  });

  it("that came before a person's run had read its lines is met by that", async () => {
    const world = await dailyAtNoon();
    await world.pass(noon + 10_000 - world.clock.now());
    await send(world, "changes");
    const before = await runsOf(world);

    await world.live(5);

    expect(await since(world, before)).toEqual([]);
  });

  it("is met once a day, however often counts are measured", async () => {
    const world = await dailyAtNoon(["a"]);
    const before = await runsOf(world);
    const end = world.clock.now() + 2 * 24 * hourMs;
    for (let count = 0; world.clock.now() < end; count += 1) {
      await world.setUsage("a", { dns: count, sig: count });
      await world.live(1);
    }

    const runs = await since(world, before);
    expect(runs.filter(({ trigger }) => trigger === "schedule")).toHaveLength(2);
    expect(runs).toHaveLength(2);
  });

  it("in a pause is none, and the one after it is", async () => {
    const world = await dailyAtNoon();
    const before = await runsOf(world);
    await schedule(world, { pausedUntil: new Date(noon + 20 * hourMs).toISOString() });

    await world.pass(noon + 21 * hourMs - world.clock.now());
    await world.live(2);
    expect(await since(world, before)).toEqual([]);

    await world.pass(noon + 24 * hourMs - world.clock.now());
    await world.live(1);
    expect((await since(world, before)).map(inShort)).toContain("schedule changes succeeded");
  });
});

describe("unchanged counts", () => {
  it("are repeated within eight days, by runs that follow the dates and say what they are", async () => {
    const world = await activeWorld(customersNamed(12));
    const before = await runsOf(world);
    const sent = world.gradient.countsReceived.length;
    // no month ends on the way
    await world.pass(Date.parse("2026-12-01T03:00:00.000Z") - world.clock.now());
    await world.live(1);
    const from = world.gradient.countsReceived.length;

    for (let day = 0; day < 8; day += 1) {
      await world.pass(24 * hourMs - 15 * minuteMs);
      await world.live(15);
    }

    const repeated = world.gradient.countsReceived.slice(from);
    expect(from).toBeGreaterThan(sent);
    expect(new Set(repeated.map(({ accountId }) => accountId)).size).toBe(12);
    const runs = await since(world, before);
    expect(new Set(runs.map(({ trigger, kind }) => `${trigger} ${kind}`))).toEqual(
      new Set(["schedule all", "repeat repeat"]),
    );
    for (const { totals, kind } of runs) {
      if (kind === "all") expect(totals).toMatchObject({ accepted: 0, unchanged: 24 });
      else expect(totals.accepted).toBe(totals.lines);
    }
  });

  it("never come between the dates of a partner that chose few", async () => {
    const world = await activeWorld(["a", "b"]);
    await schedule(world, { frequency: "monthly", dayOfMonth: 20, hour: 12 });
    const before = await runsOf(world);

    await world.pass(20 * 24 * hourMs);
    await world.live(20);

    expect(await since(world, before)).toEqual([]);
  });
});

describe("a run with nothing to send", () => {
  it.each([
    ["because nothing has changed", {}, "nothing-changed", { unchanged: 6 }],
    ["for a trial", { customerIds: ["trial"] }, "not-billed", { lines: 0 }],
    ["for a customer whom nobody knows", { customerIds: ["nobody"] }, "unknown-customer", { lines: 0 }],
    ["for a service that nobody knows", { serviceIds: ["nothing"] }, "nothing-changed", { lines: 0 }],
  ])("succeeds %s, and says so", async (_, narrowing, reason, totals) => {
    const world = await activeWorld();
    await world.addCustomer("trial", "trial");
    await world.setUsage("trial", { dns: 4 });
    const sent = world.gradient.countsReceived.length;

    expect(await send(world, "changes", narrowing)).toMatchObject({ outcome: "succeeded", reason, totals });

    expect(world.gradient.countsReceived).toHaveLength(sent);
    expect(await world.integration()).toMatchObject({ currentExportId: null });
  });

  it("of which Gradient takes none for want of a mapping succeeds, and says how many", async () => {
    const world = await activeWorld(["a", "b"], { mapped: ["a"] });

    expect(await send(world, "full", { customerIds: ["b"] })).toMatchObject({
      outcome: "succeeded",
      reason: null,
      totals: { lines: 2, unmapped: 2 },
      leftOver: { lines: 0 },
    });

    const before = await runsOf(world);
    await world.live(30);
    expect(await since(world, before)).toEqual([]);
  });
});

describe("a person's Send usage", () => {
  it("starts at once while the service only wants, and meets what it wanted", async () => {
    const world = await activeWorld();
    await world.register({ partnerId: world.partnerId, text: world.gradient.regenerateKey(world.token), by: world.by });
    await world.work();
    await world.setUsage("a", { dns: 77, sig: 0 });
    await world.pass(16 * hourMs);
    expect(await world.integration()).toMatchObject({ currentExportId: null });
    const before = await runsOf(world);

    expect(await send(world, "changes")).toMatchObject({ trigger: "manual", totals: { accepted: 1 } });
    await world.live(3);

    expect((await since(world, before)).map(inShort)).toEqual(["manual changes succeeded"]);
  });

  it("starts at once while what was left over waits, and brings it", async () => {
    const lost = { answer: { kind: "in-doubt", reason: "503" } } as const;
    const world = await activeWorld();
    await world.setUsage("a", { dns: 77, sig: 0 });
    world.gradient.failNext("setUnitCount", lost, { times: 6 });
    expect(await send(world, "changes")).toMatchObject({ totals: { deferred: 1 } });
    expect(isWanted((await world.integration()).wants.retry)).toBe(true);

    expect(await send(world, "changes")).toMatchObject({ trigger: "manual", totals: { accepted: 1 } });

    expect(isWanted((await world.integration()).wants.retry)).toBe(false);
  });

  it("is kept from starting by another run that sends, and by no dry run", async () => {
    const world = await activeWorld();
    const dry = await start(world, "dry-run");
    const { id } = await start(world);

    await expect(start(world)).rejects.toMatchObject({ code: "export.already-running", extra: { exportId: id } });
    await world.pass(10);
    const second = await start(world, "dry-run");
    await world.work();

    for (const run of [dry, second]) expect(await exportOf(world, run)).toMatchObject({ outcome: "succeeded" });
    expect(await exportOf(world, { id })).toMatchObject({ totals: { accepted: 6 } });
  });

  it("that is refused while a run has read its lines already is kept: what has changed since is sent right after", async () => {
    const customers = customersNamed(200);
    const world = await activeWorld(customers);
    const run = await start(world, "full");
    const pressing = async () => {
      await world.clock.sleep(2_000);
      // its number was read a second ago
      await world.setUsage("c0", { dns: 77, sig: 3 });
      await world.setUsage("c199", { dns: 78, sig: 4 });
      for (let press = 0; press < 3; press += 1)
        await expect(start(world, "changes")).rejects.toMatchObject({ code: "export.already-running" });
    };

    await world.clock.settle(Promise.all([carry(world, run), pressing()]));
    const before = await runsOf(world);
    expect(before.at(-1)).toMatchObject({ trigger: "manual", lane: "on-demand", state: "planned" });
    await world.work();
    await world.live(3);

    expect(await world.counts()).toMatchObject({ "c0/dns": 77, "c0/sig": 3, "c199/dns": 78, "c199/sig": 4 });
    expect(await since(world, before)).toEqual([]);
  });

  it("starts at once in a pause", async () => {
    const world = await activeWorld();
    await schedule(world, { pausedUntil: "2027-01-01T00:00:00.000Z" });
    await world.setUsage("a", { dns: 77, sig: 0 });

    expect(await send(world, "changes")).toMatchObject({ totals: { accepted: 1 } });
  });

  it("stops a look that nobody has begun, and takes its place", async () => {
    const world = await connectedWorld();
    world.map(["a"]);
    await world.sync({ partnerId: world.partnerId, reason: "watch" });
    const look = { id: (await world.integration()).currentExportId ?? "" };
    expect(await exportOf(world, look)).toMatchObject({ kind: "look", state: "planned" });

    const run = await start(world, "changes");

    expect(await exportOf(world, look)).toMatchObject({ state: "finished", stop: "person-first" });
    expect(await world.integration()).toMatchObject({ currentExportId: run.id });
    await world.work();
    expect(await exportOf(world, run)).toMatchObject({ outcome: "succeeded", totals: { accepted: 2, unmapped: 4 } });
  });

  it("takes the place of a look under way: what that may still send is in doubt, and the counts come out right", async () => {
    const world = await connectedWorld(["a"], (gradient) => ({
      ...gradient,
      setUnitCount: async (token, count) => {
        const isLook = (await world.integration()).currentExportId?.startsWith("look-");
        if (isLook) await world.clock.sleep(4_000);
        return gradient.setUnitCount(token, count);
      },
    }));
    world.map(["a"]);
    await world.sync({ partnerId: world.partnerId, reason: "watch" });
    const look = await exportOf(world, { id: (await world.integration()).currentExportId ?? "" });
    const sending = async () => {
      await world.clock.sleep(1_000);
      await world.setUsage("a", { dns: 99, sig: 0 });
      return start(world, "changes");
    };

    const [end, run] = await world.clock.settle(Promise.all([carry(world, look).catch(() => "failed"), sending()]));
    await world.live(7);

    expect(["taken-over", "failed"]).toContain(end);
    expect(await exportOf(world, run)).toMatchObject({ state: "finished" });
    expect(await world.counts()).toEqual({ "a/dns": 99, "a/sig": 0 });
    expect(await world.integration()).toMatchObject({ state: "active", currentExportId: null });
  });
});
