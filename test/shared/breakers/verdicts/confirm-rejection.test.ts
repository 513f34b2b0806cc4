import { beforeEach, describe, expect, it } from "vitest";
import { breakerWrite, closed, findBreaker, opened, partnerBreaker } from "#shared/breakers/state/breaker";
import { closeBreaker } from "#shared/breakers/state/operate";
import type { Refusal } from "#shared/breakers/state/refusal";
import { type GuardedFleet, guardedFleet } from "../guarded-fleet.ts";

let fleet: GuardedFleet;
const of = async (size: number) => {
  fleet = await guardedFleet(size);
};
beforeEach(() => of(4));

const nothingHappened = async () => {
  expect(fleet.mails()).toEqual([]);
  expect(fleet.world.tenants.map(({ id }) => fleet.stateOf(id))).not.toContain("suspended");
};

describe("a 401 of a token that was good", () => {
  it("is a false alarm where Gradient takes the token five seconds later", async () => {
    const { clock, confirm, asked, why } = fleet;
    const from = clock.now();
    const confirmed = confirm("org-1");
    expect(await confirmed).toBe("taken");
    expect(clock.now() - from).toBe(5_100);
    expect(asked).toEqual(["org-1"]);
    expect(await why("org-1")).toBeNull();
    await nothingHappened();
  });

  it("holds the partner meanwhile, and nobody else", async () => {
    const { confirm, seen, why } = fleet;
    const met: unknown[] = [];
    seen.onAsk = async () => void met.push(await why("org-1"), await why("org-2"));
    await confirm("org-1");
    expect(met).toEqual(["doubted", null]);
  });

  it("suspends where Gradient refuses it again while it takes another's, and mails once", async () => {
    const { world, confirm, asked, mails, why, pass } = fleet;
    world.tenant("org-2").goodToken = null;
    expect(await confirm("org-2")).toBe("refused");
    expect(asked).toEqual(["org-2", "org-1", "org-2"]);
    expect(fleet.stateOf("org-2")).toBe("suspended");
    expect(await why("org-1")).toBeNull();
    await pass(3);
    expect(mails()).toEqual(["org-2"]);
    expect(asked).toHaveLength(3);
  });

  it("is nobody's fault where our key came right between the two calls", async () => {
    const { world, confirm, seen } = fleet;
    world.goodKey = "none";
    seen.onAsk = () => {
      world.goodKey = world.storedKey;
    };
    expect(await confirm("org-1")).toBe("taken");
    await nothingHappened();
  });

  it("is our key's fault where Gradient refuses two others, too: nobody is suspended, everybody waits", async () => {
    const { world, confirm, asked, why } = fleet;
    world.goodKey = "none";
    expect(await confirm("org-3")).toBe("vendor");
    expect(asked).toEqual(["org-3", "org-1", "org-2"]);
    expect(await why("org-4")).toBe("vendor-key");
    await nothingHappened();
  });

  it("is taken for our key's fault where nobody else can be asked", async () => {
    await of(1);
    fleet.world.tenant("org-1").goodToken = null;
    expect(await fleet.confirm("org-1")).toBe("vendor");
    await nothingHappened();
  });

  it("asks partners that wait where nobody's token was taken lately", async () => {
    const { world, table, confirm, seen, asked } = fleet;
    table.apply([{ delete: { pk: "breaker#recent-successes", sk: "recent-successes" } }]);
    seen.waiting = ["org-4"];
    world.tenant("org-1").goodToken = null;
    expect(await confirm("org-1")).toBe("refused");
    expect(asked).toEqual(["org-1", "org-4", "org-1"]);
  });

  it.each([
    ["suspended", { state: "suspended" as const }],
    ["disconnected", { state: "disconnected" as const, token: null }],
    [
      "paused",
      { schedule: { frequency: "daily" as const, hour: 2, timeZone: "UTC", pausedUntil: "2027-01-01T00:00:00.000Z" } },
    ],
  ])("asks no partner that is %s", async (_, change) => {
    const { world, confirm, asked } = fleet;
    world.change("org-2", () => change);
    world.tenant("org-1").goodToken = null;
    await confirm("org-1");
    expect(asked).toEqual(["org-1", "org-3", "org-1"]);
  });

  it("asks no partner that is held by a breaker of its own", async () => {
    const { world, confirm, forbid, asked } = fleet;
    await forbid("org-2");
    world.tenant("org-1").goodToken = null;
    await confirm("org-1");
    expect(asked).toEqual(["org-1", "org-3", "org-1"]);
  });

  it("decides nothing without an answer; the job decides a minute later", async () => {
    const { world, confirm, why, pass } = fleet;
    world.tenant("org-1").goodToken = null;
    world.isDown = true;
    expect(await confirm("org-1")).toBe("undecided");
    world.isDown = false;
    expect(await why("org-1")).toBe("doubted");
    await nothingHappened();
    await pass(2);
    expect(fleet.stateOf("org-1")).toBe("suspended");
  });

  it("asks nobody else where its own token gets no answer, whatever would be said of others", async () => {
    const { world, confirm, seen, asked, why } = fleet;
    world.goodKey = "none";
    seen.answer = ({ partnerId }) => (partnerId === "org-1" ? "unanswered" : undefined);
    expect(await confirm("org-1")).toBe("undecided");
    expect(asked).toEqual(["org-1"]);
    expect(await why("org-2")).toBeNull();
  });

  it.each(["unanswered", "forbidden"] as const)("blames nobody where another's answer is %s", async (given) => {
    const { world, confirm, seen, why } = fleet;
    world.tenant("org-1").goodToken = null;
    seen.answer = ({ partnerId }) => (partnerId === "org-1" ? undefined : given);
    expect(await confirm("org-1")).toBe("undecided");
    expect(await why("org-2")).toBeNull();
    await nothingHappened();
  });

  it("pauses the partner where Gradient forbids it when it is asked", async () => {
    const { confirm, seen, why } = fleet;
    seen.answer = () => "forbidden";
    expect(await confirm("org-1")).toBe("undecided");
    expect(await why("org-1")).toBe("gradient-refuses");
    expect(await why("org-2")).toBeNull();
  });
});

describe("a 401 that says nothing any more", () => {
  it.each<[string, (now: number) => Partial<Refusal>]>([
    ["of a token that was replaced", () => ({ tokenVersionId: "token-0" })],
    ["of a connection that was left", () => ({ connectionId: "another" })],
    ["of a vendor key that was replaced", () => ({ vendorKeyVersion: "key-0" })],
  ])("%s changes nothing", async (_, about) => {
    const before = new Map(fleet.table.rows);
    expect(await fleet.confirm("org-1", about(fleet.clock.now()))).toBe("outdated");
    expect(fleet.table.rows).toEqual(before);
    expect(fleet.asked).toEqual([]);
  });

  it("changes nothing where the token was refused for good already", async () => {
    fleet.world.change("org-1", ({ token }) => ({ token: token && { ...token, status: "rejected" } }));
    const before = new Map(fleet.table.rows);
    expect(await fleet.confirm("org-1")).toBe("outdated");
    expect(fleet.table.rows).toEqual(before);
  });

  it("changes nothing of a partner that is suspended because it has disconnected in Gradient", async () => {
    fleet.world.change("org-1", () => ({ state: "suspended" }));
    const before = new Map(fleet.table.rows);
    expect(await fleet.confirm("org-1")).toBe("outdated");
    expect(fleet.table.rows).toEqual(before);
  });

  it("changes nothing where it was sent before somebody last decided about the partner, or about our key", async () => {
    const { clock, world, confirm, pass } = fleet;
    const sentAt = clock.now();
    await confirm("org-1");
    expect(await confirm("org-1", { sentAt })).toBe("outdated");

    world.goodKey = "none";
    await confirm("org-2");
    world.goodKey = world.storedKey;
    const sentWhileOpen = clock.now();
    await pass(10);
    expect(await confirm("org-3", { sentAt: sentWhileOpen })).toBe("outdated");
  });

  it("asks for the newest key first, whatever this process has in memory", async () => {
    const { world, confirm, refusal, guard, clock } = fleet;
    await confirm("org-2");
    world.storedKey = "key-2";
    world.goodKey = "key-2";
    const late = guard.confirmRejection(refusal("org-1", { vendorKeyVersion: "key-1" }), async () => undefined);
    expect(await clock.settle(late)).toBe("outdated");
  });

  it("is answered as everybody's while our own breaker is open, and as undecided while the partner is held", async () => {
    const { clock, world, guard, refusal, confirm, asked } = fleet;
    const first = guard.confirmRejection(refusal("org-1"), async () => undefined);
    const second = guard.confirmRejection(refusal("org-1"), async () => undefined);
    expect(await clock.settle(Promise.all([first, second]))).toEqual(["taken", "undecided"]);
    world.goodKey = "none";
    await confirm("org-2");
    asked.length = 0;
    expect(await confirm("org-3")).toBe("vendor");
    expect(asked).toEqual([]);
  });
});

describe("while a 401 is being decided on", () => {
  it("makes hardly a call more for ten partners than for one", async () => {
    await of(6);
    const { clock, world, guard, refusal, asked } = fleet;
    world.goodKey = "none";
    const all = world.tenants.map(({ id }) => guard.confirmRejection(refusal(id), async () => undefined));
    expect(new Set(await clock.settle(Promise.all(all)))).toEqual(new Set(["vendor"]));
    expect(asked).toHaveLength(1);
    await nothingHappened();
  });

  it("keeps the caller's lease alive, also while Gradient is slow", async () => {
    const { clock, world, guard, refusal, seen } = fleet;
    world.tenant("org-1").goodToken = null;
    seen.onAsk = () => clock.sleep(12_000);
    const alive: number[] = [];
    const work = guard.confirmRejection(refusal("org-1"), async () => void alive.push(clock.now()));
    expect(await clock.settle(work)).toBe("refused");
    const gaps = alive.slice(1).map((at, index) => at - (alive[index] ?? 0));
    expect(alive.length).toBeGreaterThan(7);
    expect(Math.max(...gaps)).toBe(5_000);
  });

  it("ends what it has begun although the caller's lease is lost", async () => {
    const { clock, world, guard, refusal } = fleet;
    world.tenant("org-1").goodToken = null;
    const work = guard.confirmRejection(refusal("org-1"), () => Promise.reject(new Error("lease lost")));
    await expect(clock.settle(work)).rejects.toThrow("lease lost");
    expect(fleet.stateOf("org-1")).toBe("suspended");
  });

  it("lets stand what an operator decides", async () => {
    const { clock, world, table, confirm, seen, why } = fleet;
    world.tenant("org-1").goodToken = null;
    seen.onAsk = async ({ partnerId }) => {
      if (partnerId !== "org-1") await closeBreaker(table, partnerBreaker("org-1"), clock.now());
    };
    expect(await confirm("org-1")).toBe("undecided");
    expect(await why("org-1")).toBeNull();
    await nothingHappened();
  });

  it("lets stand what an operator decides about our key", async () => {
    const { clock, world, table, confirm, seen, why, aProcess, refusal } = fleet;
    world.goodKey = "none";
    let isFirst = true;
    seen.onAsk = async () => {
      if (!isFirst) return;
      isFirst = false;
      // another process is quicker, and an operator, too
      const other = aProcess().confirmRejection(refusal("org-4"), async () => undefined);
      expect(await other).toBe("vendor");
      await closeBreaker(table, "vendor", clock.now());
    };
    expect(await confirm("org-1")).toBe("undecided");
    expect(await why("org-2")).toBeNull();
  });

  it("asks with the key that was stored meanwhile, and blames no key that was replaced", async () => {
    const { clock, world, guard, refusal, seen, confirm, why } = fleet;
    world.goodKey = "key-2";
    const work = guard.confirmRejection(refusal("org-1"), async () => {
      world.storedKey = "key-2";
    });
    expect(await clock.settle(work)).toBe("taken");

    world.goodKey = "key-3";
    seen.onAsk = () => {
      world.storedKey = "key-3";
    };
    expect(await confirm("org-2")).toBe("undecided");
    expect(await why("org-3")).toBeNull();
  });

  it("frees the partner where its token is replaced", async () => {
    const { world, guard, refusal, clock, why } = fleet;
    world.tenant("org-1").goodToken = null;
    const work = guard.confirmRejection(refusal("org-1"), async () => {
      world.tenant("org-1").goodToken = "token-2";
      world.change("org-1", ({ token }) => ({ token: token && { ...token, versionId: "token-2" } }));
    });
    expect(await clock.settle(work)).toBe("outdated");
    expect(await why("org-1")).toBeNull();
  });

  it("blames our key for nothing where an operator has freed the partner meanwhile", async () => {
    const { clock, world, table, confirm, seen, why } = fleet;
    world.goodKey = "none";
    seen.onAsk = async ({ partnerId }) => {
      if (partnerId !== "org-1") await closeBreaker(table, partnerBreaker("org-1"), clock.now());
    };
    expect(await confirm("org-1")).toBe("undecided");
    expect(await why("org-2")).toBeNull();
  });

  it("suspends nobody where our own breaker opens meanwhile", async () => {
    const { clock, world, table, confirm, seen, asked } = fleet;
    world.tenant("org-1").goodToken = null;
    seen.onAsk = async () => {
      if (asked.length < 3) return;
      const { put, expect: version } = breakerWrite(
        opened(await findBreaker(table, "vendor"), "gradient-down", clock.now()),
      );
      await table.put(put, version);
    };
    expect(await confirm("org-1")).toBe("undecided");
    await nothingHappened();
  });

  it.each([1, 2, 3])("decides nothing once its claim is over, with call %i of three", async (call) => {
    const { clock, world, confirm, seen, asked, why } = fleet;
    world.tenant("org-1").goodToken = null;
    seen.onAsk = async () => {
      if (asked.length === call) await clock.sleep(60_000);
    };
    expect(await confirm("org-1")).toBe("undecided");
    expect(asked).toHaveLength(call);
    await nothingHappened();

    world.goodKey = "none";
    asked.length = 0;
    expect(await confirm("org-2")).toBe("undecided");
    expect(await why("org-3")).toBeNull();
  });
});

describe("counts that are 401 although the organization is 200", () => {
  it("are treated as a 403 of that partner, the third time within an hour", async () => {
    const { confirm, why, pass } = fleet;
    expect(await confirm("org-1")).toBe("taken");
    await pass(1);
    expect(await confirm("org-1")).toBe("taken");
    await pass(1);
    expect(await confirm("org-1")).toBe("undecided");
    expect(await why("org-1")).toBe("gradient-refuses");
    expect(await why("org-2")).toBeNull();
  });

  it("are three false alarms where hours lie between", async () => {
    const { confirm, pass } = fleet;
    for (let each = 0; each < 4; each += 1) {
      expect(await confirm("org-1")).toBe("taken");
      await pass(31);
    }
  });

  it("do not count while our own key was refused", async () => {
    const { world, confirm, pass, why } = fleet;
    for (let each = 0; each < 4; each += 1) {
      world.goodKey = "none";
      expect(await confirm("org-1")).toBe("vendor");
      world.goodKey = world.storedKey;
      await pass(6);
      expect(await why("org-1")).toBeNull();
    }
  });
});

it("that is older than a decision by a clock that is ahead waits until it is not: what is sent next would be as old", async () => {
  const { table, clock, confirm, asked } = fleet;
  const row = breakerWrite(closed(await findBreaker(table, partnerBreaker("org-1")), clock.now() + 2_000)).put;
  await table.put(row);
  const sentAt = clock.now();

  expect(await confirm("org-1", { sentAt })).toBe("outdated");
  expect(clock.now() - sentAt).toBeGreaterThan(2_000);
  expect(asked).toEqual([]);
  expect(await confirm("org-1", { sentAt: clock.now() })).toBe("taken");
});
