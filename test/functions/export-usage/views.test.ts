import { describe, expect, it } from "vitest";
import { cancelExport } from "#functions/cancel-export/cancel-export";
import type { Refusals } from "#shared/breakers/refusals";
import { leaseMs } from "#shared/exports/export-lease";
import type { UsageExport } from "#shared/exports/usage-export";
import type { CountAnswer, UnitCount } from "#shared/gradient/gradient-api";
import { landsWithinMs } from "#shared/gradient/lost-calls";
import { integrationWrite } from "#shared/integrations/integration";
import { isWanted } from "#shared/integrations/record/wants";
import { store } from "#shared/table/table";
import { bucketOf } from "#shared/usage/ledger";
import { exportOf, ledgerEntryOf, send, start } from "#test/builders/connected-world";
import { anObstacle, someRefusals } from "#test/builders/refusals";
import { freePacer } from "#test/fakes/paced-gradient";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";

type Intercept = (count: UnitCount, at: number) => CountAnswer | Promise<undefined> | undefined;

/**
 * Three customers are mapped, the fourth and last line is not: the run's last call is refused, and one is repeated for
 * the views. `intercept` is asked about these two.
 */
const worldWith = async (intercept: Intercept, mapped = ["a", "b", "c"]) => {
  const world = serviceWorld({
    through: (gradient) => ({
      ...gradient,
      setUnitCount: async (token, count) => {
        const isAsked = count.accountId === "d" || gradient.countsReceived.length === 4;
        return (isAsked && (await intercept(count, world.clock.now()))) || gradient.setUnitCount(token, count);
      },
    }),
  });
  await world.addService("dns");
  for (const id of ["a", "b", "c", "d"]) {
    await world.addCustomer(id);
    await world.setUsage(id, { dns: 10 });
  }
  await world.connect();
  world.map(mapped);
  return { world, run: await start(world) };
};

/** The table, with something that happens each time a worker has noted that it is about to call for the views. */
const tableWithNotes = ({ table, gradient }: ServiceWorld, happen: () => Promise<void>): typeof table => {
  const written = { ledgerRows: 0 };
  return {
    ...table,
    put: async (item, expected) => {
      await table.put(item, expected);
      if (!item.sk.startsWith("ledger#") || gradient.countsReceived.length !== 4) return;
      written.ledgerRows += 1;
      // the first keeps what Gradient has answered
      if (written.ledgerRows > 1) await happen();
    },
  };
};

/** By a worker whose moments never pass: only its lease says whether it may still call. */
const carryWith = async (
  world: ServiceWorld,
  run: UsageExport,
  table: ServiceWorld["table"],
  refusals = someRefusals().refusals,
): Promise<void> => {
  const { lane } = await exportOf(world, run);
  const message = { partnerId: world.partnerId, exportId: run.id, lane };
  const pacersFor = () => () => ({ ...freePacer, expect: () => undefined });
  await world.workerWith({ table, pacersFor, refusals })([message], { remainingMs: () => 300_000 });
};

describe("the call for the views", () => {
  it("goes to another accepted line where the last one was unmapped meanwhile", async () => {
    const { world, run } = await worldWith(({ accountId }) =>
      accountId === "c" ? { kind: "unmapped", message: "No account map found" } : undefined,
    );
    await world.work();

    expect(await exportOf(world, run)).toMatchObject({ viewsRebuilt: true });
    expect(world.gradient.countsReceived.at(-1)).toMatchObject({ accountId: "b", rebuildsViews: true });
  });

  it("goes to another account in another row of the ledger where the last one's is unmapped meanwhile", async () => {
    const bits = 8;
    const services = ["s1", "s2", "s3", "s4"];
    const ids = ["a", "b", "c", "d"];
    const [first, second] = ["a", "b"];
    expect(new Set(ids.map((id) => bucketOf(id, bits))).size).toBe(ids.length);
    let secondCalls = 0;
    const world = serviceWorld({
      through: (gradient) => ({
        ...gradient,
        setUnitCount: async (token, count) => {
          secondCalls += Number(count.accountId === second);
          const isGone = secondCalls > services.length && count.accountId === second;
          if (isGone) return { kind: "unmapped", message: "none" };
          return gradient.setUnitCount(token, count);
        },
      }),
    });
    for (const id of services) await world.addService(id);
    for (const id of ids) {
      await world.addCustomer(id);
      await world.setUsage(id, Object.fromEntries(services.map((service) => [service, 10])));
    }
    await world.connect();
    // the last two chunks ask for the views, and none of their lines is accepted
    world.map([first, second]);
    await store(world.table, integrationWrite({ ...(await world.integration()), ledgerBits: bits }));
    const run = await start(world);

    await world.work();

    expect(secondCalls).toBe(services.length + 1);
    expect(await exportOf(world, run)).toMatchObject({ viewsRebuilt: true, totals: { accepted: 8, unmapped: 8 } });
    expect(world.gradient.countsReceived.at(-1)).toMatchObject({ accountId: first, rebuildsViews: true });
  });

  it("is made although its worker stood still for longer than its lease, right before it", async () => {
    const { world, run } = await worldWith(() => undefined, ["a"]);
    const notes = { count: 0 };
    const slow = tableWithNotes(world, async () => {
      notes.count += 1;
      if (notes.count === 1) await world.clock.sleep(30_000);
    });

    await world.clock.settle(carryWith(world, run, slow));

    expect(await exportOf(world, run)).toMatchObject({ state: "finished", viewsRebuilt: true });
    expect(notes.count).toBeGreaterThan(1);
  });

  it("is left to the worker that took the run over while the one before stood still, right before it", async () => {
    const { world, run } = await worldWith(() => undefined, ["a"]);
    const { clock, gradient } = world;
    const notes = { count: 0 };
    const slow = tableWithNotes(world, async () => {
      notes.count += 1;
      // one note is too old for the moment that the pacer gives: there is another right before the call
      if (notes.count === 1) return clock.sleep(1_500);
      await clock.sleep(leaseMs + 1_000);
      await carryWith(world, run, world.table);
      expect(gradient.countsReceived).toHaveLength(5);
    });

    await clock.settle(carryWith(world, run, slow));

    expect(await exportOf(world, run)).toMatchObject({ state: "finished", viewsRebuilt: true });
    expect(notes.count).toBe(2);
    expect(gradient.countsReceived).toHaveLength(5);
  });

  it("suspends the integration when Gradient refuses the token", async () => {
    const { world, run } = await worldWith(({ accountId }) =>
      accountId === "d" ? undefined : { kind: "token-rejected" },
    );
    await world.work();

    expect(await exportOf(world, run)).toMatchObject({ stop: "token-rejected" });
    expect(await world.integration()).toMatchObject({ state: "suspended" });
  });

  it("stops everybody when Gradient refuses all calls", async () => {
    const { world, run } = await worldWith(({ accountId }) => (accountId === "d" ? undefined : { kind: "forbidden" }));
    await world.work();

    expect(await exportOf(world, run)).toMatchObject({ stop: "gradient-refuses", viewsRebuilt: false });
    // the run that follows sends an accepted count again, and ends as every run does
    expect(await ledgerEntryOf(world, "b", "dns")).toMatchObject({ owed: "stopped" });
    expect(world.gradient.countsReceived).toHaveLength(4);
  });

  it("is not made for another line once Gradient has refused the token, where a person had cancelled the run", async () => {
    const called: string[] = [];
    const { world, run } = await worldWith(({ accountId }) => {
      called.push(accountId);
      return accountId === "d" ? cancelled() : { kind: "token-rejected" };
    });
    /** The last number is answered late: the worker has renewed its lease, and knows that it is to stop. */
    const cancelled = async (): Promise<undefined> => {
      await cancelExport(world.common)({ partnerId: world.partnerId, exportId: run.id, by: world.by });
      await world.clock.sleep(leaseMs * 0.75);
    };
    await world.work();

    expect(await exportOf(world, run)).toMatchObject({ stop: "cancelled", viewsRebuilt: false });
    expect(called).toEqual(["d", "c"]);
  });

  it.each([
    ["the call itself, and meets it for good", "c", Number.POSITIVE_INFINITY, "b"],
    ["the run's last number", "d", 1, "c"],
  ])("is made by the next run where a refusal has met %s", async (_, refused, times, shows) => {
    let refusals = 0;
    const { world, run } = await worldWith(({ accountId }) => {
      if (accountId !== refused || refusals >= times) return undefined;
      refusals += 1;
      return { kind: "forbidden" };
    });
    await world.work();
    expect(await exportOf(world, run)).toMatchObject({ stop: "gradient-refuses", viewsRebuilt: false });
    expect(await ledgerEntryOf(world, shows, "dns")).toMatchObject({ owed: "stopped" });

    const next = await send(world, "changes");

    // it comes once more, after the one that was refused
    expect(next).toMatchObject({ totals: { accepted: 1, unchanged: 2, unmapped: 1 }, viewsRebuilt: true });
    expect(world.gradient.countsReceived.at(-1)).toMatchObject({ accountId: shows, rebuildsViews: true });
    expect(await ledgerEntryOf(world, shows, "dns")).toMatchObject({ owed: null });
  });

  it.each<CountAnswer>([
    { kind: "in-doubt", reason: "503" },
    { kind: "throttled", retryAfterMs: null },
  ])("is made by the next run, which follows by itself, where Gradient has not taken any: $kind", async (answer) => {
    let fails = true;
    const { world, run } = await worldWith(({ accountId }) => (accountId === "d" || !fails ? undefined : answer));
    await world.work();
    const endedAt = world.clock.now();
    expect(await exportOf(world, run)).toMatchObject({ outcome: "succeeded", viewsRebuilt: false });
    const { wants } = await world.integration();
    expect(isWanted(wants.retry)).toBe(true);
    // another number would be fenced before
    expect(Date.parse(wants.retry.notBefore ?? "")).toBeGreaterThanOrEqual(endedAt + landsWithinMs);

    fails = false;
    await world.live(3);

    expect(world.gradient.countsReceived.at(-1)).toMatchObject({ accountId: "c", rebuildsViews: true });
    expect(await ledgerEntryOf(world, "c", "dns")).toMatchObject({ owed: null });
    expect(isWanted((await world.integration()).wants.retry)).toBe(false);
  });

  it("has everybody pause for a run's sake for three minutes, and not for half an hour", async () => {
    const { world, run } = await worldWith(({ accountId }) =>
      accountId === "d" ? undefined : { kind: "throttled", retryAfterMs: 60_000 },
    );
    const startedAt = world.clock.now();
    await world.work();

    expect(world.clock.now() - startedAt).toBeLessThan(4 * 60_000);
    expect(await exportOf(world, run)).toMatchObject({ outcome: "succeeded", viewsRebuilt: false });
    expect(isWanted((await world.integration()).wants.retry)).toBe(true);
  });

  it.each([
    ["before it", 0],
    ["while it is repeated", 1],
  ])("is left to the next run in an outage that begins %s", async (_, before) => {
    let calls = 0;
    const { world, run } = await worldWith(({ accountId }) => {
      calls += Number(accountId !== "d");
      return accountId === "d" ? undefined : { kind: "in-doubt", reason: "503" };
    });
    const obstacleFor: Refusals["obstacleFor"] = async (partnerId) =>
      partnerId === null && world.gradient.countsReceived.length === 4 && calls >= before ? anObstacle() : null;

    await world.clock.settle(carryWith(world, run, world.table, { ...someRefusals().refusals, obstacleFor }));

    expect(calls).toBe(before);
    expect(await exportOf(world, run)).toMatchObject({ stop: null, outcome: "succeeded", viewsRebuilt: false });
    expect(isWanted((await world.integration()).wants.retry)).toBe(true);
  });

  it("leaves nothing owed of a line whose call had no answer, once another one's was taken", async () => {
    const { world, run } = await worldWith(({ accountId }) =>
      accountId === "c" ? { kind: "in-doubt", reason: "503" } : undefined,
    );
    await world.work();

    expect(await exportOf(world, run)).toMatchObject({ viewsRebuilt: true });
    expect(await ledgerEntryOf(world, "c", "dns")).toMatchObject({ owed: null, doubt: { unitCount: 10 } });
    expect(isWanted((await world.integration()).wants.retry)).toBe(false);
  });

  it("is noted as under way until its last repeat cannot land any more, also by a worker that dies then", async () => {
    const sentAt: number[] = [];
    const { world } = await worldWith(({ accountId }, at) => {
      if (accountId === "d") return undefined;
      if (sentAt.length === 4) throw new Error("dies");
      sentAt.push(at);
      return { kind: "in-doubt", reason: "no answer" };
    });
    await expect(world.work()).rejects.toThrow("dies");

    const { doubt } = (await ledgerEntryOf(world, "c", "dns")) ?? {};
    expect(sentAt.at(-1)).toBeGreaterThan((sentAt[0] ?? 0) + 3000);
    expect(Date.parse(doubt?.until ?? "")).toBeGreaterThanOrEqual(Math.floor(sentAt.at(-1) ?? 0) + landsWithinMs);
  });
});
