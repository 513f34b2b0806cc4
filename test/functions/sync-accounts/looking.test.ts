import { describe, expect, it } from "vitest";
import { checkMapping } from "#functions/check-mapping/check-mapping";
import { connectedWorld } from "#test/builders/connected-world";
import { owedTasks, rowsOf } from "#test/builders/table";
import type { InMemoryGradient } from "#test/fakes/in-memory-gradient";
import type { ServiceWorld } from "#test/fakes/service-world";
import { silentGradient } from "#test/fakes/silent-gradient";

const customers = (count: number) => Array.from({ length: count }, (_, at) => `c${String(at).padStart(3, "0")}`);

describe("a partner that maps, where Gradient tells which accounts are mapped", () => {
  it("costs no count while nothing is mapped", async () => {
    const world = await connectedWorld(customers(150));

    await world.live(60);

    expect(world.gradient.countsReceived).toEqual([]);
    expect(await world.integration()).toMatchObject({
      state: "awaiting-mapping",
      mapping: { accounts: { total: 150, mapped: 0, unknown: 0 }, services: { total: 2, mapped: 0, unknown: 2 } },
    });
  });

  it("costs few counts while one account and no service is mapped; then everything is sent", async () => {
    const world = await connectedWorld(customers(150));
    world.gradient.mapAccount(world.token, "c007");

    await world.live(4);
    expect(world.gradient.countsReceived.length).toBeGreaterThan(0);
    expect(world.gradient.countsReceived.length).toBeLessThanOrEqual(20);

    world.map(customers(150));
    await world.live(1);
    expect(await world.integration()).toMatchObject({
      state: "active",
      mapping: { accounts: { total: 150, mapped: 150 }, services: { total: 2, mapped: 2 } },
    });
    expect(Object.keys(await world.counts())).toHaveLength(300);
  });
});

it("a partner that finishes is seen within a minute, although looks take seconds and the job comes by the clock", async () => {
  const slow = { wait: async () => undefined as unknown };
  const world = await connectedWorld(customers(150), (gradient) => ({
    ...gradient,
    readAccounts: async (token) => {
      await slow.wait();
      return gradient.readAccounts(token);
    },
  }));
  slow.wait = () => world.clock.sleep(2_000);
  const tick = async () => {
    await world.pass(60_000 - (world.clock.now() % 60_000));
    await world.clock.settle(world.watch({ remainingMs: () => 60_000 }));
    await world.work();
  };
  const calls = countingReads(world);
  for (let minute = 0; minute < 10; minute += 1) await tick();
  expect(calls()).toBe(10);

  world.map(customers(150));
  const finishedAt = world.clock.now();
  await tick();

  const { state, mapping } = await world.integration();
  expect(state).toBe("active");
  expect(Date.parse(mapping.completedAt ?? "") - finishedAt).toBeLessThanOrEqual(61_000);
});

it.each([2, 20, 40, 53])(
  "a partner that was looked at %i s past the minute is looked at again by the next job",
  async (second) => {
    const world = await connectedWorld(customers(3));
    await world.pass(60_000 - (world.clock.now() % 60_000) + second * 1_000);
    await checkMapping(world.common)({ partnerId: world.partnerId, by: world.by });
    await world.work();
    const calls = countingReads(world);

    await world.pass(60_000 - (world.clock.now() % 60_000));
    await world.watch({ remainingMs: () => 60_000 });
    await world.work();

    expect(calls()).toBe(1);
  },
);

/** How often Gradient is asked for its accounts from now on. */
const countingReads = ({ gradient }: ServiceWorld) => {
  const { readAccounts } = gradient;
  let calls = 0;
  gradient.readAccounts = (token) => {
    calls += 1;
    return readAccounts(token);
  };
  return () => calls;
};

/** Gradient's texts for a 404 are not documented for services; these name neither half. */
const wordless = (gradient: InMemoryGradient): InMemoryGradient => ({
  ...silentGradient(gradient),
  setUnitCount: async (token, count) => {
    const answer = await gradient.setUnitCount(token, count);
    return answer.kind === "unmapped" ? { kind: "unmapped", message: "Not Found" } : answer;
  },
});

/** How many counts came in together, look by look. */
const countsPerLook = (world: ServiceWorld): number[] => {
  const looks = [...world.table.rows.values()].filter(({ sk }) => sk.startsWith("look#"));
  return looks.map(({ probes }) => (probes as unknown[]).length);
};

const singles = [
  ["c000", "dns"],
  ["c074", "sig"],
  ["c149", "dns"],
  ["c149", "sig"],
] as const;

describe("a partner that maps, where only counts tell", () => {
  it("has all mapped pairs found within a quarter of an hour", async () => {
    const world = await connectedWorld(customers(150), silentGradient);
    await world.live(3);
    expect((await world.integration()).mapping.accounts.unknown).toBeGreaterThan(0);

    world.map(customers(150));
    await world.live(15);

    expect(await world.integration()).toMatchObject({ state: "active" });
    expect(Object.keys(await world.counts())).toHaveLength(300);
  });

  it.each(
    singles.flatMap(([account, service]) => [
      { account, service, words: "with Gradient's words", through: silentGradient },
      { account, service, words: "without words", through: wordless },
    ]),
  )(
    "has a single pair found within a quarter of an hour, $words: $account $service; and never all lines tried at one look",
    async ({ account, service, through }) => {
      const world = await connectedWorld(customers(150), through);
      const mapped = world.gradient.services.find(({ name }) => name === `Service ${service}`);
      world.gradient.mapAccount(world.token, account);
      world.gradient.mapService(world.token, mapped?.id ?? "");

      for (let minutes = 0; minutes < 15 && (await world.integration()).state !== "active"; minutes += 1) {
        await world.live(1);
      }

      expect(await world.integration()).toMatchObject({ state: "active" });
      expect(Math.max(...countsPerLook(world))).toBeLessThanOrEqual(50);
      expect(await world.counts()).toEqual({ [`${account}/${service}`]: service === "dns" ? 10 : 0 });
    },
  );

  it("has every pair tried within two days although nobody ever maps, with fewer and fewer looks", async () => {
    const world = await connectedWorld(customers(40), wordless);

    const end = world.clock.now() + 2 * 24 * 60 * 60_000;
    while (world.clock.now() < end) {
      const { nextCheckAt } = (await world.integration()).mapping;
      await world.pass(Math.max(0, Date.parse(nextCheckAt ?? "") - world.clock.now() - 60_000));
      await world.live(1);
    }

    const tried = new Set(world.gradient.countsReceived.map(({ accountId, serviceId }) => `${accountId}/${serviceId}`));
    expect(tried.size).toBe(80);
    expect(countsPerLook(world).length).toBeLessThanOrEqual(60);
  });

  it("has up to 200 tried at once when somebody presses Check now, and no fresh ones when it is pressed again", async () => {
    const world = await connectedWorld(customers(150), wordless);
    const press = async () => {
      const before = world.gradient.countsReceived.length;
      await checkMapping(world.common)({ partnerId: world.partnerId, by: world.by });
      await world.work();
      await world.pass(11_000);
      return world.gradient.countsReceived.length - before;
    };

    // one service of each account at a time
    expect([await press(), await press(), await press()]).toEqual([150, 150, 0]);
  });
});

describe("looks", () => {
  const nextIn = async (world: ServiceWorld) => {
    const { nextCheckAt } = (await world.integration()).mapping;
    return nextCheckAt === null ? null : Math.ceil((Date.parse(nextCheckAt) - world.clock.now()) / 60_000);
  };

  it("come less and less often, and end after thirty days until somebody asks", async () => {
    const world = await connectedWorld(["a"]);
    const gapAfter = async (minutes: number) => {
      await world.pass(minutes * 60_000);
      await world.live(1);
      return nextIn(world);
    };

    expect(await gapAfter(1)).toBe(1);
    expect(await gapAfter(15)).toBe(5);
    expect(await gapAfter(60)).toBe(15);
    expect(await gapAfter(5 * 60)).toBe(60);
    expect(await gapAfter(24 * 60)).toBe(24 * 60);
    expect(await gapAfter(30 * 24 * 60)).toBe(null);
    const calls = countingReads(world);
    await world.pass(40 * 24 * 60 * 60_000);
    await world.live(3);
    expect(calls()).toBe(0);

    await checkMapping(world.common)({ partnerId: world.partnerId, by: world.by });
    await world.work();
    expect([calls(), await nextIn(world)]).toEqual([1, 1]);
  });

  it("come often again when something is new in Gradient", async () => {
    const world = await connectedWorld(["a", "b"]);
    await world.pass(10 * 60 * 60_000);
    await world.live(1);
    expect(await nextIn(world)).toBe(60);
    world.gradient.mapAccount(world.token, "a");

    await world.live(61);
    expect(await nextIn(world)).toBe(1);
  });

  it("are one at a time: whoever asks meanwhile gets another one after it", async () => {
    let during = async () => undefined as unknown;
    const world = await connectedWorld(["a"], (gradient) => ({
      ...gradient,
      readAccounts: async (token) => {
        await during();
        return gradient.readAccounts(token);
      },
    }));
    const { partnerId } = world;
    const others: string[] = [];
    during = async () => {
      during = async () => undefined;
      await world.pass(11_000);
      await checkMapping(world.common)({ partnerId, by: world.by });
      others.push(...(await world.work()));
      others.push(await world.raw(partnerId));
    };

    await world.sync({ partnerId, reason: "watch" });

    // the press owed no task of its own, and no second worker began
    expect(others).toEqual(["carried-elsewhere"]);
    expect(owedTasks(world.table)).toEqual([{ kind: "sync-accounts", partnerId, reason: "watch" }]);
    await world.work();
    expect((await world.integration()).looks).toMatchObject({ until: null, isAwaited: false });
  });

  it("that nobody ends are made again", async () => {
    const world = await connectedWorld(["a"]);
    world.gradient.failNext("readAccounts", { error: new Error("killed") });
    await expect(world.sync({ partnerId: world.partnerId, reason: "watch" })).rejects.toThrow("killed");
    const { lastCheckedAt } = (await world.integration()).mapping;

    await world.live(1);
    expect((await world.integration()).mapping.lastCheckedAt).toBe(lastCheckedAt);
    await world.live(2);
    expect((await world.integration()).mapping.lastCheckedAt).not.toBe(lastCheckedAt);
  });

  it("whose message is lost are made again", async () => {
    const world = await connectedWorld(["a"]);
    await world.pass(60_000);
    await world.watch({ remainingMs: () => 60_000 });
    for (const row of [...world.table.rows.values()]) if (row.pk.startsWith("outbox#")) await world.table.delete(row);
    const { lastCheckedAt } = (await world.integration()).mapping;

    await world.live(16);

    expect((await world.integration()).mapping.lastCheckedAt).not.toBe(lastCheckedAt);
  });

  it("write nothing of customers when they show nothing new", async () => {
    const world = await connectedWorld(customers(20));
    await world.live(2);
    const before = rowsOf(world.table, `partner#${world.partnerId}`, "customer#");

    await world.live(3);

    expect(rowsOf(world.table, `partner#${world.partnerId}`, "customer#")).toEqual(before);
  });
});
