import { beforeEach, describe, expect, it } from "vitest";
import { breakerWrite, findBreaker, opened } from "#shared/breakers/state/breaker";
import { closeBreaker } from "#shared/breakers/state/operate";
import { type GuardedFleet, guardedFleet } from "../guarded-fleet.ts";

let fleet: GuardedFleet;
const of = async (size: number) => {
  fleet = await guardedFleet(size);
};
beforeEach(() => of(5));
/** Minutes from now to when Gradient is asked again. */
const waits = async (id: string) => {
  const obstacle = await fleet.guard.obstacle(id);
  return Math.round((Date.parse(obstacle?.retryAt ?? "") - fleet.clock.now()) / 60_000);
};

describe("a 403", () => {
  it("pauses this partner, and asks nobody", async () => {
    const { forbid, asked, why } = fleet;
    expect(await forbid("org-1")).toBe("partner");
    expect(await why("org-1")).toBe("gradient-refuses");
    expect(await why("org-2")).toBeNull();
    expect(asked).toEqual([]);
  });

  it("is tried again after 15 minutes, an hour, then every four", async () => {
    const { world, forbid, asked, pass, why, released } = fleet;
    world.tenant("org-1").isForbidden = true;
    await forbid("org-1");
    const askedAt: number[] = [];
    for (let minute = 0; minute < 600; minute += 1) {
      const before = asked.length;
      await pass(1);
      if (asked.length > before) askedAt.push(minute);
    }
    expect(askedAt).toEqual([15, 75, 315, 555]);
    expect(new Set(asked)).toEqual(new Set(["org-1"]));
    world.tenant("org-1").isForbidden = false;
    await pass(240);
    expect(await why("org-1")).toBeNull();
    expect(released).toEqual(["org-1"]);
  });

  it("goes on where it stood if it comes back soon after it seemed to be over", async () => {
    const { forbid, pass } = fleet;
    await forbid("org-1");
    expect(await waits("org-1")).toBe(15);
    await pass(20);
    await forbid("org-1");
    expect(await waits("org-1")).toBe(60);
    await pass(62);
    await forbid("org-1");
    expect(await waits("org-1")).toBe(240);
    // another token has nothing to do with it
    fleet.world.change("org-1", ({ token }) => ({ token: token && { ...token, versionId: "token-2" } }));
    expect(await fleet.guard.obstacle("org-1", "token-2")).toBeNull();
    await forbid("org-1", { tokenVersionId: "token-2", sentAt: fleet.clock.now() + 1 });
    expect(await waits("org-1")).toBe(15);
  });

  it("begins anew where it comes back later", async () => {
    const { forbid, pass } = fleet;
    await forbid("org-1");
    await pass(80);
    await forbid("org-1");
    expect(await waits("org-1")).toBe(15);
  });

  it("of a second partner within an hour has a third asked: forbidden, and everybody pauses", async () => {
    const { world, forbid, asked, why, pass } = fleet;
    world.forbidsAll = true;
    await forbid("org-1");
    await pass(10);
    expect(await forbid("org-2")).toBe("vendor");
    expect(asked).toEqual(["org-3"]);
    expect(await why("org-5")).toBe("gradient-refuses");
    expect(await waits("org-5")).toBe(15);
  });

  it("of a second partner changes nothing for the others where the third is taken", async () => {
    const { forbid, asked, why } = fleet;
    await forbid("org-1");
    expect(await forbid("org-2")).toBe("partner");
    expect(asked).toEqual(["org-3"]);
    expect(await why("org-3")).toBeNull();
  });

  it("asks one more where the third does not answer, and then nobody", async () => {
    const { seen, forbid, asked, why } = fleet;
    seen.answer = () => "unanswered";
    await forbid("org-1");
    expect(await forbid("org-2")).toBe("partner");
    expect(asked).toEqual(["org-3", "org-4"]);
    expect(await why("org-5")).toBeNull();
  });

  it("of a second partner an hour later asks nobody, nor does a second one of the same partner", async () => {
    const { world, forbid, asked, pass } = fleet;
    await forbid("org-1");
    await pass(61);
    asked.length = 0;
    await forbid("org-2");
    expect(asked).toEqual([]);
    await pass(16);
    asked.length = 0;
    await forbid("org-2");
    expect(asked).toEqual([]);
    expect(world.tenants).toHaveLength(5);
  });

  it("of many partners at once has one of them ask", async () => {
    const { clock, world, guard, refusal, asked } = fleet;
    world.forbidsAll = true;
    const all = ["org-1", "org-2", "org-3", "org-4"].map((id) => guard.reportForbidden(refusal(id)));
    await clock.settle(Promise.all(all));
    expect(asked).toHaveLength(1);
  });

  it.each([
    ["a token that was replaced", { tokenVersionId: "token-0" }],
    ["a connection that was left", { connectionId: "another" }],
    ["a vendor key that was replaced", { vendorKeyVersion: "key-0" }],
    ["a time before the last decision", { sentAt: 0 }],
  ])("of %s changes nothing", async (_, about) => {
    const before = new Map(fleet.table.rows);
    expect(await fleet.forbid("org-1", about)).toBe("outdated");
    expect(fleet.table.rows).toEqual(before);
  });

  it("of before an operator's decision is no evidence after it", async () => {
    const { clock, world, table, forbid, why, asked } = fleet;
    world.forbidsAll = true;
    await forbid("org-1");
    await forbid("org-2");
    await closeBreaker(table, "vendor", clock.now());
    await clock.settle(clock.sleep(2_000));
    asked.length = 0;
    expect(await forbid("org-3")).toBe("partner");
    expect(asked).toEqual([]);
    expect(await why("org-5")).toBeNull();
  });

  it("of before everybody was let through again is no evidence after it", async () => {
    const { world, forbid, asked, pass, why } = fleet;
    world.forbidsAll = true;
    await forbid("org-1");
    await forbid("org-2");
    world.forbidsAll = false;
    await pass(17);
    expect(await why("org-5")).toBeNull();
    asked.length = 0;
    expect(await forbid("org-4")).toBe("partner");
    expect(asked).toEqual([]);
  });

  it("blames nobody where our own breaker has opened and closed while the third was asked", async () => {
    const { clock, world, table, forbid, seen, why } = fleet;
    world.forbidsAll = true;
    await forbid("org-1");
    seen.onAsk = async () => {
      const { put } = breakerWrite(opened(await findBreaker(table, "vendor"), "gradient-down", clock.now()));
      await table.put(put);
      await closeBreaker(table, "vendor", clock.now());
    };
    expect(await forbid("org-2")).toBe("partner");
    expect(await why("org-5")).toBeNull();
  });

  it("goes on where it stood although a false alarm came between", async () => {
    const { forbid, pass, confirm } = fleet;
    await forbid("org-1");
    await pass(17);
    expect(await confirm("org-1")).toBe("taken");
    await pass(1);
    await forbid("org-1");
    expect(await waits("org-1")).toBe(60);
  });

  it("that is reported while everybody pauses changes nothing", async () => {
    const { world, forbid, asked } = fleet;
    world.forbidsAll = true;
    await forbid("org-1");
    await forbid("org-2");
    asked.length = 0;
    expect(await forbid("org-4")).toBe("vendor");
    expect(fleet.world.breaker("partner#org-4")).toBeUndefined();
  });
});

describe("everybody's pause after a 403", () => {
  beforeEach(async () => {
    fleet.world.forbidsAll = true;
    await fleet.forbid("org-1");
    await fleet.forbid("org-2");
    fleet.asked.length = 0;
  });

  it("is probed by one call after 15 minutes, an hour, four hours, each with another's token", async () => {
    const { pass, asked } = fleet;
    await pass(14);
    expect(asked).toEqual([]);
    await pass(2);
    expect(asked).toHaveLength(1);
    await pass(60);
    expect(asked).toHaveLength(2);
    await pass(240);
    await pass(480);
    // last those who met it first: it may be a trouble of their own
    expect(asked).toEqual(["org-3", "org-4", "org-5", "org-1", "org-2"]);
  });

  it("ends with the first call that gets through; then each partner's own is tried", async () => {
    const { world, pass, why, released } = fleet;
    world.forbidsAll = false;
    world.tenant("org-2").isForbidden = true;
    await pass(17);
    expect(await why("org-5")).toBeNull();
    expect(await why("org-1")).toBeNull();
    expect(await why("org-2")).toBe("gradient-refuses");
    expect(released).toEqual([null, "org-1"]);
  });

  it("is not ended by a partner whose own token is gone; the next one is asked five minutes later", async () => {
    const { world, pass, asked, why } = fleet;
    world.forbidsAll = false;
    world.looksFirst = true;
    world.tenant("org-3").goodToken = null;
    await pass(17);
    expect(asked).toEqual(["org-3"]);
    expect(await why("org-5")).toBe("gradient-refuses");
    await pass(5);
    expect(await why("org-5")).toBeNull();
  });
});
