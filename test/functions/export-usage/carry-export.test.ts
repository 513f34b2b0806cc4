import { describe, expect, it } from "vitest";
import type { Finding } from "#shared/breakers/refusals";
import { leaseMs } from "#shared/exports/export-lease";
import type { StopReason } from "#shared/exports/usage-export";
import { stopVerdict } from "#shared/exports/verdicts";
import { isWanted } from "#shared/integrations/record/wants";
import {
  activeWorld,
  carry,
  connectedWorld,
  customersNamed,
  exportOf,
  inShort,
  ledgerEntryOf,
  receiptsOf,
  runsOf,
  send,
  start,
} from "#test/builders/connected-world";
import { anObstacle, someRefusals } from "#test/builders/refusals";
import { owedTasks } from "#test/builders/table";

const rejected = { answer: { kind: "token-rejected" } } as const;
const forbidden = { answer: { kind: "forbidden" } } as const;

describe("a 401 on a count", () => {
  it("that was a false alarm lets the run go on, with every count sent", async () => {
    const { refusals, told } = someRefusals({ verdict: "taken" });
    const world = await activeWorld(["a", "b", "c"], { refusals });
    const { token, gradient } = await world.integration();
    const forgotten: string[] = [];
    world.vault.forget = (secretName) => void forgotten.push(secretName);
    world.gradient.failNext("setUnitCount", rejected);
    const at = Math.floor(world.clock.now());

    const over = await send(world);

    expect(over).toMatchObject({ outcome: "succeeded", stop: null, totals: { lines: 6, accepted: 6 } });
    expect(told.confirmed).toEqual([
      {
        partnerId: "org-1",
        tokenVersionId: token?.versionId,
        connectionId: gradient?.integrationId,
        sentAt: expect.any(Number),
      },
    ]);
    expect(told.confirmed[0]?.sentAt).toBeGreaterThanOrEqual(at);
    expect(forgotten).toEqual([token?.secretName]);
    expect(await world.integration()).toMatchObject({ state: "active", problems: [] });
  });

  it("is asked about again, each time that Gradient refuses one", async () => {
    const { refusals, told } = someRefusals({ verdict: "taken" });
    const world = await activeWorld(["a"], { refusals });
    world.gradient.failNext("setUnitCount", rejected, { times: 3 });

    expect(await send(world)).toMatchObject({ outcome: "succeeded" });

    expect(told.confirmed).toHaveLength(3);
  });

  it("keeps the run to its worker while it is being found out, however long that takes", async () => {
    let elsewhere = "";
    const { refusals } = someRefusals({
      confirm: async (_, keepAlive) => {
        for (let step = 0; step < 8; step += 1) {
          await world.clock.sleep(leaseMs / 4);
          await keepAlive();
        }
        elsewhere = await world.exporter(
          { partnerId: world.partnerId, exportId: run.id, lane: run.lane },
          { remainingMs: () => 1 },
        );
        return "taken";
      },
    });
    const world = await activeWorld(["a"], { refusals });
    world.gradient.failNext("setUnitCount", rejected);
    const run = await start(world);

    expect(await world.work()).toContain("export-usage: finished");

    expect(elsewhere).toBe("carried-elsewhere");
    expect(await exportOf(world, run)).toMatchObject({ outcome: "succeeded", totals: { accepted: 2 } });
  });

  it("that was a false alarm lets a count go out as it is by then: what was refused does not land later", async () => {
    const { refusals } = someRefusals({
      confirm: async () => {
        await world.setUsage("a", { dns: 99, sig: 0 });
        return "taken";
      },
    });
    const world = await activeWorld(["a"], { refusals });
    await world.setUsage("a", { dns: 11, sig: 0 });
    world.gradient.failNext("setUnitCount", rejected);

    expect(await send(world, "changes")).toMatchObject({ outcome: "succeeded", totals: { accepted: 1, unchanged: 1 } });

    expect((await ledgerEntryOf(world, "a", "dns"))?.doubt).toBeNull();
    expect(await world.counts()).toMatchObject({ "a/dns": 99 });
  });

  it.each<[Exclude<Finding, "taken">, StopReason]>([
    ["refused", "token-rejected"],
    ["vendor-key", "vendor-key"],
    ["gradient-refuses", "gradient-refuses"],
    ["doubted", "doubted"],
  ])(
    "found to be %s stops the run as %s, with none of its counts in doubt and everything still wanted",
    async (verdict, stop) => {
      const { refusals } = someRefusals({ verdict });
      const world = await activeWorld(["a", "b"], { refusals });
      await world.setUsage("a", { dns: 11, sig: 0 });
      world.gradient.failNext("setUnitCount", rejected);
      const calls = world.gradient.countsReceived.length;

      const over = await send(world, "changes");

      expect(over).toMatchObject({ state: "finished", outcome: "partial", stop, totals: { lines: 4, unchanged: 3 } });
      expect(world.gradient.countsReceived).toHaveLength(calls + 1);
      expect((await receiptsOf(world, over)).find(({ outcome }) => outcome === "deferred")?.reason).toBe(
        stopVerdict(stop).reason,
      );
      expect(await ledgerEntryOf(world, "a", "dns")).toMatchObject({ doubt: null, accepted: { unitCount: 10 } });
      const { wants, state } = await world.integration();
      expect([isWanted(wants.all), wants.all.trigger, state]).toEqual([true, "recovery", "active"]);
    },
  );
});

describe.each([rejected, forbidden])("of calls under way together that are refused ($answer.kind)", ({ answer }) => {
  it("the last one counts: a decision that lies between them is older than that", async () => {
    const { refusals, told } = someRefusals();
    const calls = { areRefused: false, lastAt: 0 };
    const world = await activeWorld(["a", "b", "c"], {
      refusals,
      through: (gradient) => ({
        ...gradient,
        setUnitCount: async (token, count) => {
          if (!calls.areRefused) return gradient.setUnitCount(token, count);
          const at = Math.floor(world.clock.now());
          const isFirst = calls.lastAt === 0;
          calls.lastAt = Math.max(calls.lastAt, at);
          // the first is answered last
          await world.clock.sleep(isFirst ? 2_000 : 1_000);
          return answer;
        },
      }),
    });
    calls.areRefused = true;

    await send(world);

    const [call, ...others] = [...told.confirmed, ...told.forbidden];
    expect(others).toEqual([]);
    expect(call?.sentAt).toBe(calls.lastAt);
  });
});

describe("a 401 in the middle of a run", () => {
  /** The fourth call of a run is refused. */
  const refusedWorld = async (verdict: Finding) => {
    const calls = { left: Number.POSITIVE_INFINITY, lines: [] as string[] };
    const { refusals } = someRefusals({ verdict });
    const world = await activeWorld(["a", "b", "c"], {
      refusals,
      through: (gradient) => ({
        ...gradient,
        setUnitCount: async (token, count) => {
          calls.left -= 1;
          calls.lines.push(`${count.accountId} ${count.serviceId}`);
          return calls.left === 0 ? { kind: "token-rejected" } : gradient.setUnitCount(token, count);
        },
      }),
    });
    for (const id of ["a", "b", "c"]) await world.setUsage(id, { dns: 11, sig: 1 });
    calls.left = 4;
    calls.lines = [];
    return { world, calls };
  };

  it("forgets no count that Gradient has taken: the run has failed in part, and these are not sent again", async () => {
    const { world, calls } = await refusedWorld("refused");

    const over = await send(world, "changes");

    expect(over).toMatchObject({ outcome: "partial", stop: "token-rejected", totals: { accepted: 3, deferred: 3 } });
    const receipts = await receiptsOf(world, over);
    // also of the number whose answer was the refusal
    expect(new Set(receipts.filter(({ outcome }) => outcome === "deferred").map(({ whatToDo }) => whatToDo))).toEqual(
      new Set(["Generate a new key in Gradient and paste it in the hub."]),
    );
    const taken = receipts.filter(({ outcome }) => outcome === "accepted");
    expect(taken.map(({ unitCount }) => unitCount).toSorted()).toEqual([1, 11, 11]);
    for (const { customerId, serviceId, unitCount } of taken) {
      expect(await ledgerEntryOf(world, customerId, serviceId)).toMatchObject({
        accepted: { unitCount },
        doubt: null,
        last: { outcome: "accepted" },
      });
    }
    expect(calls.lines).toHaveLength(4);
  });

  it("that was a false alarm has no line sent twice but the refused one", async () => {
    const { world, calls } = await refusedWorld("taken");

    expect(await send(world, "changes")).toMatchObject({ outcome: "succeeded", totals: { accepted: 6 } });

    expect([calls.lines.length, new Set(calls.lines).size]).toEqual([7, 6]);
  });
});

describe("a 403 on a count", () => {
  it("is told of, and stops the run without asking again", async () => {
    const { refusals, told } = someRefusals();
    const world = await activeWorld(["a"], { refusals });
    world.gradient.failNext("setUnitCount", forbidden);

    expect(await send(world)).toMatchObject({ state: "finished", stop: "gradient-refuses" });

    expect(told.forbidden).toMatchObject([{ partnerId: "org-1", sentAt: expect.any(Number) }]);
    expect(told.confirmed).toEqual([]);
    expect(await world.integration()).toMatchObject({ state: "active" });
  });
});

describe("what stands in the way of a partner's calls", () => {
  it("from the start ends a run at once, and keeps what was wanted", async () => {
    const { refusals, held } = someRefusals();
    const world = await activeWorld(["a"], { refusals });
    await world.setUsage("a", { dns: 11, sig: 0 });
    const calls = world.gradient.countsReceived.length;
    held.obstacle = anObstacle({ why: "vendor-key" });

    expect(await send(world, "changes")).toMatchObject({ outcome: "failed", stop: "vendor-key", totals: { lines: 0 } });

    held.obstacle = null;
    await world.live(1);
    expect(world.gradient.countsReceived).toHaveLength(calls + 1);
    expect((await runsOf(world)).at(-1)).toMatchObject({ trigger: "recovery", outcome: "succeeded" });
  });

  it("on the way ends the rest of a run, which comes by itself when it is gone", async () => {
    const { refusals, held } = someRefusals();
    const customers = customersNamed(250);
    const world = await activeWorld(customers, { refusals });
    for (const id of customers) await world.setUsage(id, { dns: 11, sig: 1 });
    const run = await start(world, "changes");
    const obstructing = async () => {
      await world.clock.sleep(1_500);
      held.obstacle = anObstacle({ why: "gradient-down" });
    };

    await world.clock.settle(Promise.all([carry(world, run), obstructing()]));

    const over = await exportOf(world, run);
    expect(over).toMatchObject({ outcome: "partial", stop: "gradient-down" });
    expect(over.totals.accepted).toBeGreaterThan(90);
    expect(over.totals.deferred).toBeGreaterThan(20);
    held.obstacle = null;
    await world.live(1);
    // one is repeated, so that Gradient rebuilds its views
    const unchanged = over.totals.accepted - 1;
    expect((await runsOf(world)).at(-1)).toMatchObject({ totals: { lines: 500, unchanged }, viewsRebuilt: true });
    expect(await world.counts()).toMatchObject({ "c0/dns": 11, "c249/sig": 1 });
  });

  it("ends the rest of chosen lines, which is owed to each and comes by itself, too", async () => {
    const { refusals, held } = someRefusals();
    const world = await activeWorld(["a", "b"], { refusals });
    await world.setUsage("a", { dns: 11, sig: 1 });
    await world.setUsage("b", { dns: 12, sig: 2 });
    const run = await start(world, "changes", { customerIds: ["a"] });
    expect(await world.clock.settle(carry(world, run, 1_000))).toBe("handed-over");
    held.obstacle = anObstacle({ why: "gradient-refuses" });
    await world.work();
    expect(await exportOf(world, run)).toMatchObject({ stop: "gradient-refuses", totals: { lines: 2, deferred: 2 } });
    expect(await ledgerEntryOf(world, "a", "dns")).toMatchObject({ owed: "stopped", doubt: null });
    const before = await runsOf(world);

    held.obstacle = null;
    await world.live(3);

    expect((await runsOf(world)).slice(before.length).map(inShort)).toEqual(["recovery changes succeeded"]);
    expect(await world.counts()).toEqual({ "a/dns": 11, "a/sig": 1, "b/dns": 10, "b/sig": 0 });
  });

  it("before anything is known to be mapped keeps no look from finding out later", async () => {
    const { refusals, held } = someRefusals();
    const world = await connectedWorld(["a"], undefined, refusals);
    held.obstacle = anObstacle({ why: "gradient-down" });
    expect(await send(world, "changes")).toMatchObject({ outcome: "failed", stop: "gradient-down" });
    expect(await world.integration()).toMatchObject({ state: "awaiting-mapping" });
    held.obstacle = null;

    world.map(["a"]);
    await world.live(5);

    expect(await world.integration()).toMatchObject({ state: "active" });
    expect(await world.counts()).toEqual({ "a/dns": 10, "a/sig": 0 });
  });

  it("does not stand in the way of a dry run: it calls nobody", async () => {
    const { refusals, held } = someRefusals();
    const world = await activeWorld(["a"], { refusals });
    held.obstacle = anObstacle();

    expect(await send(world, "dry-run")).toMatchObject({ outcome: "succeeded", stop: null });
  });

  it("is told by the answers: whether Gradient gave one", async () => {
    const { refusals, told } = someRefusals();
    const world = await activeWorld(["a"], { refusals });
    const before = told.noted.length;
    world.gradient.failNext("setUnitCount", { answer: { kind: "in-doubt", reason: "503" } });
    world.gradient.failNext("setUnitCount", { answer: { kind: "unmapped", message: "No account map found" } });

    await send(world);

    expect(told.noted.slice(before).toSorted()).toEqual(["failed", "taken", "taken"]);
  });
});

it("a worker that is denied its slots blocks nothing by that, and everything is sent by the next one", async () => {
  const { refusals, told } = someRefusals();
  const world = await activeWorld(["a", "b"], { refusals });
  await world.setUsage("a", { dns: 11, sig: 1 });
  const { id: exportId, lane } = await start(world, "changes");
  const [calls, noted] = [world.gradient.countsReceived.length, told.noted.length];
  const denied = { slot: async () => null, slowDown: async () => undefined, expect: () => undefined };
  const message = { partnerId: world.partnerId, exportId, lane };

  const ends = await world.clock.settle(
    world.workerWith({ pacersFor: () => () => denied })([message], { remainingMs: () => 300_000 }),
  );

  expect(ends.get(message)).toMatchObject({ failure: expect.anything() });
  expect(world.gradient.countsReceived).toHaveLength(calls);
  expect([told.confirmed, told.forbidden, told.noted.slice(noted)]).toEqual([[], [], []]);
  await world.live(3);
  expect(await exportOf(world, { id: exportId })).toMatchObject({ outcome: "succeeded", totals: { accepted: 2 } });
  expect([...world.table.rows.values()].filter(({ pk }) => pk.startsWith("breaker#"))).toEqual([]);
});

describe("a worker whose time is nearly up", () => {
  it("leaves the run to another, with a message and without a line sent twice", async () => {
    const world = await activeWorld(customersNamed(200));
    const run = await start(world);
    const sent = world.gradient.countsReceived.length;

    expect(await world.clock.settle(carry(world, run, 77_000))).toBe("handed-over");

    const half = await exportOf(world, run);
    expect(half).toMatchObject({ state: "sending", lease: null, leg: 1 });
    expect(owedTasks(world.table)).toContainEqual(
      expect.objectContaining({ exportId: run.id, leg: 1, lane: "on-demand" }),
    );
    expect(half.nextChunk).toBeGreaterThan(0);
    await world.work();
    expect(await exportOf(world, run)).toMatchObject({ outcome: "succeeded", totals: { lines: 400, accepted: 400 } });
    expect(world.gradient.countsReceived).toHaveLength(sent + 400);
    expect(world.gradient.countsReceived.filter(({ rebuildsViews }) => rebuildsViews).length).toBeGreaterThan(0);
  });

  it("before the lines are fixed plans them all the same, and sends none", async () => {
    const world = await activeWorld(["a"]);
    const run = await start(world);
    const sent = world.gradient.countsReceived.length;

    expect(await world.clock.settle(carry(world, run, 1_000))).toBe("handed-over");

    expect(await exportOf(world, run)).toMatchObject({ state: "sending", chunks: 1, nextChunk: 0 });
    expect(world.gradient.countsReceived).toHaveLength(sent);
  });
});
