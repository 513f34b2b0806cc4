import { beforeEach, describe, expect, it } from "vitest";
import { closeBreaker } from "#shared/breakers/state/operate";
import { openForAll, openForOne } from "#test/builders/breakers";
import { type GuardedFleet, guardedFleet } from "../guarded-fleet.ts";

let fleet: GuardedFleet;
const of = async (size: number) => {
  fleet = await guardedFleet(size);
};
beforeEach(() => of(4));
const paused = { frequency: "daily" as const, hour: 2, timeZone: "UTC", pausedUntil: "2027-01-01T00:00:00.000Z" };

describe("a refused vendor key", () => {
  const refuse = async (id: string) => {
    fleet.world.goodKey = "none";
    await fleet.confirm(id);
    fleet.asked.length = 0;
  };

  it("is tried every five minutes, with each partner's token in turn", async () => {
    await refuse("org-4");
    await fleet.pass(26);
    // first whose token has not been tried yet
    expect(fleet.asked).toEqual(["org-3", "org-1", "org-2", "org-4", "org-3"]);
  });

  it("is over with the first call that gets through: everybody is freed, and whoever was doubted is asked", async () => {
    await refuse("org-4");
    await fleet.pass(2);
    fleet.world.goodKey = fleet.world.storedKey;
    await fleet.pass(4);
    expect(fleet.asked).toEqual(["org-3", "org-4"]);
    expect(await fleet.why("org-4")).toBeNull();
    expect(fleet.released).toEqual([null, "partner#org-4".slice(8)]);
    await fleet.pass(5);
    expect(fleet.asked).toHaveLength(2);
    expect(fleet.released).toHaveLength(2);
  });

  it("that an operator corrects is tried within a minute", async () => {
    await refuse("org-4");
    await fleet.pass(1);
    fleet.world.storedKey = "key-2";
    fleet.world.goodKey = "key-2";
    await fleet.pass(1);
    expect(fleet.asked).toEqual(["org-3", "org-4"]);
    expect(await fleet.why("org-1")).toBeNull();
  });

  it("that an operator stores wrong again is tried once, then every five minutes", async () => {
    await refuse("org-4");
    await fleet.pass(1);
    fleet.world.storedKey = "key-2";
    await fleet.pass(5);
    expect(fleet.asked).toHaveLength(1);
  });

  it("is tried with the token of a suspended partner, too, and with none of a partner that has paused", async () => {
    await refuse("org-4");
    const { world } = fleet;
    for (const id of ["org-1", "org-2"]) world.change(id, () => ({ schedule: paused }));
    world.change("org-3", ({ token }) => ({ state: "suspended", token: token && { ...token, status: "rejected" } }));
    await fleet.pass(16);
    expect(new Set(fleet.asked)).toEqual(new Set(["org-3", "org-4"]));
  });

  it("is over where nobody is left to ask: whoever calls next finds out", async () => {
    await of(1);
    await refuse("org-1");
    fleet.world.change("org-1", () => ({ state: "disconnected", token: null }));
    await fleet.pass(7);
    expect(await fleet.why("org-1")).toBeNull();
    expect(fleet.asked).toEqual([]);
  });

  it("is tried with the token of a partner that waits, where no other can tell", async () => {
    await of(2);
    fleet.table.apply([{ delete: { pk: "breaker#recent-successes", sk: "recent-successes" } }]);
    fleet.world.tenant("org-1").goodToken = null;
    await fleet.confirm("org-1");
    expect(await fleet.why("org-2")).toBe("vendor-key");
    fleet.seen.waiting = ["org-2"];
    await fleet.pass(7);
    expect(fleet.stateOf("org-1")).toBe("suspended");
    expect(await fleet.why("org-2")).toBeNull();
  });

  it("that was none is not blamed again and again while every other token is gone: the one that proved it is asked", async () => {
    await of(6);
    const { world } = fleet;
    for (const id of ["org-1", "org-2", "org-3"]) world.tenant(id).goodToken = null;
    expect(await fleet.confirm("org-3")).toBe("vendor");
    await fleet.pass(7);
    expect(fleet.stateOf("org-3")).toBe("suspended");
    expect(await fleet.why("org-6")).toBeNull();
    // its own and two others; the one who has not been asked yet; then its own, that one, and its own again
    expect(fleet.asked).toEqual(["org-3", "org-1", "org-2", "org-4", "org-3", "org-4", "org-3"]);
  });

  it("that a held partner has proved good is not blamed again", async () => {
    await of(2);
    const { world } = fleet;
    await fleet.forbid("org-2");
    world.tenant("org-1").goodToken = null;
    expect(await fleet.confirm("org-1")).toBe("vendor");
    await fleet.pass(12);
    expect(fleet.stateOf("org-1")).toBe("suspended");
    expect(await fleet.guard.obstacle("org-2")).toMatchObject({ scope: "partner", why: "gradient-refuses" });
  });

  it("is told from a lost token after a day where there is nobody else", async () => {
    await of(1);
    fleet.world.tenant("org-1").goodToken = null;
    await fleet.confirm("org-1");
    await fleet.pass(23 * 60 + 55);
    expect(fleet.mails()).toEqual([]);
    await fleet.pass(12);
    expect(fleet.mails()).toEqual(["org-1"]);
    expect(fleet.stateOf("org-1")).toBe("suspended");
    // nobody is left whom it could keep back, but those who bring a token
    expect(await fleet.guard.obstacle(null)).toBeNull();
    expect(fleet.released).toContain(null);
  });

  it("that only suspended partners are left to try is over with its next probe", async () => {
    await of(2);
    await refuse("org-1");
    for (const id of ["org-1", "org-2"]) fleet.world.change(id, () => ({ state: "suspended" }));
    await closeBreaker(fleet.table, "partner#org-1", fleet.clock.now());
    await fleet.pass(6);
    expect(await fleet.guard.obstacle(null)).toBeNull();
    expect(fleet.asked).toEqual([]);
  });

  it("suspends nobody after a day where there are others, however often it is refused", async () => {
    await of(2);
    await refuse("org-1");
    await fleet.pass(25 * 60);
    expect(fleet.mails()).toEqual([]);
  });
});

describe("an outage", () => {
  const goDown = async () => {
    fleet.world.isDown = true;
    for (let call = 0; call < 21; call += 1) {
      const failed = { partnerId: `org-${1 + (call % 3)}`, outcome: "failed", at: fleet.clock.now() } as const;
      await fleet.clock.settle(fleet.guard.note(failed));
    }
    // the call that shows it is no probe
    fleet.asked.length = 0;
  };

  it("is probed after 15 s, 30 s, 1, 2, then every five minutes, by one call each", async () => {
    const { clock, seen, pass } = fleet;
    await goDown();
    const from = clock.now();
    const askedAfter: number[] = [];
    seen.onAsk = () => void askedAfter.push(Math.round((clock.now() - from) / 1000));
    await pass(15);
    expect(askedAfter).toEqual([15, 45, 105, 225, 526, 826]);
  });

  it.each([
    ["a 2xx", {}],
    ["a 401", { goodKey: "none" }],
    ["a 403", { forbidsAll: true }],
  ])("is over with any answer: %s", async (_, change) => {
    await goDown();
    expect(await fleet.why("org-4")).toBe("gradient-down");
    Object.assign(fleet.world, { isDown: false, ...change });
    await fleet.pass(1);
    expect(await fleet.why("org-4")).toBeNull();
    expect(fleet.released).toEqual([null]);
    expect(fleet.asked).toHaveLength(1);
  });
});

describe("the job that probes", () => {
  it("makes each probe once, however many of it run", async () => {
    const { clock, aProcess, world, asked } = fleet;
    world.tenant("org-1").isForbidden = true;
    await fleet.forbid("org-1");
    await clock.settle(clock.sleep(16 * 60_000));
    const how = { until: () => false, release: async () => undefined };
    await clock.settle(Promise.all([1, 2, 3].map(() => aProcess().probeDue(how))));
    expect(asked).toEqual(["org-1"]);
  });

  // 200 ms for each, one after the other, would be 300 a minute; 50, at first, were all
  it.each([true, false])(
    "asks a thousand partners within a minute, and frees them (still forbidden: %s)",
    async (isForbidden) => {
      await of(1_000);
      const { clock, world, table, asked, released, pass } = fleet;
      for (const { id } of world.tenants) {
        world.tenant(id).isForbidden = isForbidden;
        await openForOne(table, id, clock.now() - 16 * 60_000, { tokenVersionId: "token-1" });
      }
      await pass(1);
      expect(new Set(asked).size).toBe(1_000);
      expect(released).toHaveLength(isForbidden ? 0 : 1_000);
    },
  );

  it("frees everybody within a minute whose breaker an operator has closed", async () => {
    await of(130);
    const { clock, world, table, released, pass } = fleet;
    for (const { id } of world.tenants) {
      await openForOne(table, id, clock.now());
      await closeBreaker(table, `partner#${id}`, clock.now());
    }
    await pass(1);
    expect(released).toHaveLength(130);
  });

  it.each([1, 50])("asks and frees all others in one job where %i rows cannot be read", async (count) => {
    await of(count + 60);
    const { clock, world, table, asked, released, pass } = fleet;
    for (const [index, { id }] of world.tenants.entries()) {
      await openForOne(table, id, clock.now() - 16 * 60_000 + index, { tokenVersionId: "token-1" });
      const row = table.rows.get(`breaker#partner#${id}\u0000breaker`);
      if (row && index < count) table.rows.set(`breaker#partner#${id}\u0000breaker`, { ...row, tries: "many" });
    }
    await expect(pass(1)).rejects.toThrow();
    expect(new Set(asked).size).toBe(60);
    expect(released).toHaveLength(60);
  });

  it("asks and frees partners although everybody's breaker cannot be read, and says so", async () => {
    const { clock, table, asked, released, pass } = fleet;
    await openForAll(table, "vendor-key", clock.now());
    await openForOne(table, "org-1", clock.now() - 16 * 60_000, { tokenVersionId: "token-1" });
    const row = table.rows.get("breaker#vendor\u0000breaker");
    if (row) table.rows.set("breaker#vendor\u0000breaker", { ...row, tries: "many" });
    await expect(pass(1)).rejects.toMatchObject({ facts: { pk: "breaker#vendor" } });
    expect(asked).toEqual(["org-1"]);
    expect(released).toEqual(["org-1"]);
  });

  it("tries everybody's breaker once where its probe fails, and says so", async () => {
    const { clock, table, pass } = fleet;
    await openForAll(table, "vendor-key", clock.now() - 60 * 60_000);
    const { get } = table;
    let tries = 0;
    table.get = async (at) => {
      if (at.pk !== "breaker#recent-successes") return get(at);
      tries += 1;
      // or it would go on for ever: no time passes
      if (tries > 9) await clock.sleep(60_000);
      throw new Error("not now");
    };
    await expect(pass(1)).rejects.toThrow("not now");
    expect(tries).toBe(1);
  });

  describe("with more than a page of partners to ask", () => {
    const failing = (key: string, times: number) => {
      const { table } = fleet;
      const { get } = table;
      let left = times;
      table.get = async (at) => {
        if (at.pk !== key || left === 0) return get(at);
        left -= 1;
        throw new Error("not now");
      };
    };
    beforeEach(async () => {
      await of(60);
      const { clock, world, table } = fleet;
      for (const [index, { id }] of world.tenants.entries())
        await openForOne(table, id, clock.now() - 16 * 60_000 + index, { tokenVersionId: "token-1" });
    });

    it("does not call it a failure that one was asked at the second try", async () => {
      failing("breaker#partner#org-7", 1);
      await fleet.pass(1);
      expect(new Set(fleet.asked).size).toBe(60);
    });

    it("tells what failed, though that is not due any more", async () => {
      const { table, seen, pass } = fleet;
      seen.onAsk = ({ partnerId }) => {
        if (partnerId === "org-7") throw new Error("not now");
      };
      const { due } = table;
      const first = await due({ kind: "breaker-probe", until: new Date(fleet.clock.now()).toISOString(), limit: 50 });
      let late = 2;
      table.due = async (query) => {
        if (query.kind !== "breaker-probe" || late === 0) return due(query);
        late -= 1;
        return first;
      };
      await expect(pass(1)).rejects.toThrow("not now");
    });

    it("tells what failed, though nobody can go on after it", async () => {
      const { table, pass } = fleet;
      failing("breaker#partner#org-7", 9);
      const { due } = table;
      let pages = 1;
      table.due = async (query) => {
        if (query.kind !== "breaker-probe") return due(query);
        pages -= 1;
        if (pages < 0) throw new Error("no index");
        return due(query);
      };
      await expect(pass(1)).rejects.toMatchObject({ errors: [{ message: "not now" }, { message: "no index" }] });
    });
  });

  it("makes no probe again that the index still shows as due", async () => {
    const { clock, table, world, pass, asked } = fleet;
    world.tenant("org-1").isForbidden = true;
    await fleet.forbid("org-1");
    await clock.settle(clock.sleep(16 * 60_000));
    const late = await table.due({ kind: "breaker-probe", until: new Date(clock.now()).toISOString(), limit: 10 });
    const { due } = table;
    table.due = async (query) => (query.kind === "breaker-probe" ? late : due(query));
    await pass(3);
    expect(asked).toEqual(["org-1"]);
  });

  it("asks no partner any more once what one meets turns out to be everybody's", async () => {
    const { clock, world, asked, pass } = fleet;
    await fleet.forbid("org-2");
    await pass(13);
    world.isDown = true;
    await fleet.confirm("org-1");
    Object.assign(world, { isDown: false, goodKey: "none" });
    await clock.settle(clock.sleep(3 * 60_000));
    asked.length = 0;
    await pass(1);
    expect(asked).toEqual(["org-1", "org-3", "org-4"]);
  });

  it("begins no further probe once its time is up", async () => {
    const { clock, guard, asked } = fleet;
    await fleet.forbid("org-1");
    await clock.settle(clock.sleep(16 * 60_000));
    await clock.settle(guard.probeDue({ until: () => true, release: async () => undefined }));
    expect(asked).toEqual([]);
  });

  it("frees again whom it may not have freed, and others although one cannot be freed", async () => {
    const { clock, guard, pass, released, table } = fleet;
    await fleet.forbid("org-1");
    await fleet.forbid("org-2");
    for (const key of ["partner#org-1", "partner#org-2"]) await closeBreaker(table, key, clock.now());
    const freed: unknown[] = [];
    const release = async ({ partnerId }: { partnerId: string | null }) => {
      if (partnerId === "org-1") throw new Error("died");
      freed.push(partnerId);
    };
    await expect(clock.settle(guard.probeDue({ until: () => false, release }))).rejects.toThrow("died");
    expect(freed).toEqual(["org-2"]);
    await pass(1);
    expect(released).toEqual(["org-1"]);
    await pass(1);
    expect(released).toHaveLength(1);
  });

  it("has a 401 of a partner that was forbidden decided on like any other", async () => {
    const { world, pass } = fleet;
    await fleet.forbid("org-1");
    world.tenant("org-1").goodToken = null;
    await pass(19);
    expect(fleet.mails()).toEqual(["org-1"]);
  });

  it("forgets a partner's trouble with its token or its connection", async () => {
    const { world, pass, asked, why } = fleet;
    await fleet.forbid("org-1");
    world.change("org-1", () => ({ state: "disconnected", token: null }));
    await pass(17);
    expect(asked).toEqual([]);
    expect(await why("org-1")).toBeNull();
  });
});
