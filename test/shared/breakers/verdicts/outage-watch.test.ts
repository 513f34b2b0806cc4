import { beforeEach, describe, expect, it } from "vitest";
import { breakerWrite, findBreaker, opened, vendorBreaker } from "#shared/breakers/state/breaker";
import { closeBreaker } from "#shared/breakers/state/operate";
import { recentSuccesses } from "#shared/breakers/state/recent-successes";
import type { Outcome } from "#shared/breakers/verdicts/outage-watch";
import { AppError } from "#shared/errors";
import { store } from "#shared/table/table";
import { named } from "#test/builders/fleet";
import { printedBy } from "#test/builders/stdout";
import { type GuardedFleet, guardedFleet } from "../guarded-fleet.ts";

let fleet: GuardedFleet;
beforeEach(async () => {
  fleet = await guardedFleet(6);
});
const note = async (
  calls: number,
  partners: string[],
  outcome: Outcome["outcome"] = "failed",
  at = fleet.clock.now(),
) => {
  for (let call = 0; call < calls; call += 1) {
    await fleet.clock.settle(fleet.guard.note({ partnerId: partners[call % partners.length] ?? "", outcome, at }));
  }
};
const three = ["org-1", "org-2", "org-3"];
const wait = (ms: number) => fleet.clock.settle(fleet.clock.sleep(ms));

describe("an outage", () => {
  beforeEach(() => {
    fleet.seen.answer = () => "unanswered";
  });

  it("is twenty calls of three partners of which four in five fail", async () => {
    await note(4, ["org-4"], "answered");
    await note(15, three);
    expect(await fleet.why("org-4")).toBeNull();
    await note(1, three);
    expect(await fleet.why("org-4")).toBe("gradient-down");
  });

  it("is one as well where the partner that Gradient is to be asked about has no token in the store", async () => {
    fleet.seen.answer = () => "token-missing";
    await note(20, three);
    expect(await fleet.why("org-4")).toBe("gradient-down");
  });

  it("is none where more are answered", async () => {
    await note(6, ["org-4"], "taken");
    await note(23, three);
    expect(await fleet.why("org-4")).toBeNull();
  });

  it("is none where the failures are one partner's or two partners', however many calls of others there are", async () => {
    await note(5, ["org-3", "org-4", "org-5"], "answered");
    await note(100, ["org-1", "org-2"]);
    expect(await fleet.why("org-4")).toBeNull();
  });

  it("is none where the failures lie more than half a minute apart", async () => {
    await note(19, three);
    await fleet.clock.settle(fleet.clock.sleep(31_000));
    await note(19, three);
    expect(await fleet.why("org-4")).toBeNull();
  });

  it("is not found again in calls that were sent before it was over, by whatever process", async () => {
    const { clock, guard, world, why, aProcess } = fleet;
    const sentAt = clock.now();
    await note(20, three);
    fleet.seen.answer = () => undefined;
    const isOver = () => world.breaker("vendor")?.trouble === null;
    await clock.settle(guard.probeDue({ until: isOver, release: async () => undefined }));
    expect(clock.now() - sentAt).toBeLessThan(17_000);

    await note(40, three, "failed", sentAt + 1);
    const other = aProcess();
    fleet.seen.answer = () => "unanswered";
    for (const partnerId of [...three, ...three, ...three, ...three, ...three, ...three, ...three]) {
      await clock.settle(other.note({ partnerId, outcome: "failed", at: sentAt + 1 }));
    }
    expect(await why("org-4")).toBeNull();
    expect(world.breaker("vendor")?.trouble).toBeNull();
  });

  it("does not take the place of another trouble of everybody's", async () => {
    fleet.seen.answer = () => undefined;
    fleet.world.goodKey = "none";
    await fleet.confirm("org-1");
    fleet.seen.answer = () => "unanswered";
    await fleet.clock.settle(fleet.clock.sleep(10));
    await note(40, three);
    expect(await fleet.why("org-4")).toBe("vendor-key");
  });

  it("costs a few reads, however many calls fail in it", async () => {
    const counted = { reads: 0 };
    const { get } = fleet.table;
    fleet.table.get = (key) => {
      counted.reads += 1;
      return get(key);
    };
    await note(200, three);
    expect(counted.reads).toBeLessThan(8);
  });
});

describe("many calls that fail, while Gradient answers somebody,", () => {
  it("are no outage: one other partner's token has shown it", async () => {
    await note(20, three);
    expect(await fleet.why("org-4")).toBeNull();
    expect(fleet.asked).toEqual(["org-4"]);
  });

  it("and refuses it, are none either", async () => {
    fleet.seen.answer = () => "forbidden";
    await note(20, three);
    expect(await fleet.why("org-4")).toBeNull();
  });

  it("have one of their partners asked where there is no other", async () => {
    const all = fleet.world.tenants.map(({ id }) => id);
    await note(20, all);
    expect(await fleet.why("org-4")).toBeNull();
    expect(fleet.asked).toHaveLength(1);
  });

  it("are told as an error, once in a quarter of an hour, and asked about once in half a minute", async () => {
    const printed = await printedBy(async () => {
      for (let each = 0; each < 14 * 60; each += 1) {
        await note(2, [three[each % 3] ?? ""]);
        await wait(1_000);
      }
    });
    expect(printed.match(/"level":"ERROR"/g)).toHaveLength(1);
    expect(fleet.asked.length).toBeGreaterThan(20);
    expect(fleet.asked.length).toBeLessThanOrEqual(28);
    await wait(120_000);
    expect(await printedBy(() => note(20, three))).toContain("gradient answers, but fails many calls");
  });

  it("are an outage as soon as it does not", async () => {
    await note(20, three);
    fleet.seen.answer = () => "unanswered";
    await wait(30_000);
    await note(20, three);
    expect(await fleet.why("org-4")).toBe("gradient-down");
  });
});

describe("while Gradient is asked whether it is down", () => {
  beforeEach(() => {
    fleet.seen.answer = () => "unanswered";
  });

  it("what somebody else decides stands", async () => {
    fleet.seen.onAsk = async () => {
      const { clock, table } = fleet;
      const before = await findBreaker(table, vendorBreaker);
      await store(table, breakerWrite(opened(before, "gradient-down", clock.now())));
      await clock.sleep(10);
      await closeBreaker(table, vendorBreaker, clock.now());
    };
    await note(20, three);
    expect(await fleet.why("org-4")).toBeNull();
    expect(fleet.asked).toHaveLength(1);
  });

  it("what Gradient takes meanwhile counts", async () => {
    fleet.seen.onAsk = async () => {
      for (const _ of named(10))
        await fleet.guard.note({ partnerId: "org-4", outcome: "taken", at: fleet.clock.now() });
    };
    await note(20, three);
    expect(await fleet.why("org-4")).toBeNull();
  });

  it("other calls go on", async () => {
    fleet.seen.onAsk = () => fleet.clock.sleep(10_000);
    const before = fleet.clock.now();
    const pending: Promise<void>[] = [];
    const some = Array.from({ length: 60 }, (_, call) => three[call % 3] ?? "");
    for (const partnerId of some) pending.push(fleet.guard.note({ partnerId, outcome: "failed", at: before }));
    await fleet.clock.settle(Promise.all(pending.slice(20)));
    expect(fleet.clock.now()).toBe(before);
    await fleet.clock.settle(Promise.all(pending));
    expect(await fleet.why("org-4")).toBe("gradient-down");
    expect(fleet.asked).toEqual(["org-4"]);
  });
});

describe("what is noted of a call", () => {
  it("is written once a minute where the row is full, and remembers the latest eight", async () => {
    const { clock, table } = fleet;
    let writes = 0;
    const counting = {
      get: table.get,
      put: async (...args: Parameters<typeof table.put>) => {
        writes += 1;
        await table.put(...args);
      },
    };
    const successes = recentSuccesses(counting, clock);
    for (let each = 0; each < 120; each += 1) {
      await successes.note(`new-${each % 10}`, clock.now());
      await clock.settle(clock.sleep(1_000));
    }
    // one more for the partner that takes the last room
    expect(writes).toBe(3);
    const known = await successes.list();
    expect(known).toHaveLength(8);
    expect(known[0]).toMatch(/^new-/);
  });

  it("never fails the call", async () => {
    const { table } = fleet;
    table.put = () => Promise.reject(new AppError("unavailable", "table.unavailable", "down"));
    table.get = () => Promise.reject(new AppError("unavailable", "table.unavailable", "down"));
    await note(40, three);
    await note(1, ["org-1"], "taken");
  });
});
