import { beforeEach, describe, expect, it } from "vitest";
import { breakerWrite, findBreaker, opened, partnerBreaker, vendorBreaker } from "#shared/breakers/state/breaker";
import { obstacles } from "#shared/breakers/state/obstacle";
import { closeBreaker, listBreakers } from "#shared/breakers/state/operate";
import { noon } from "#test/builders/time";
import { type GuardedFleet, guardedFleet } from "../guarded-fleet.ts";

let fleet: GuardedFleet;
beforeEach(async () => {
  fleet = await guardedFleet(4);
});

it("is none while nothing stands in the way", async () => {
  expect(await fleet.guard.obstacle("org-1")).toBeNull();
  expect(await listBreakers(fleet.table)).toEqual([]);
});

it("says what stands in a partner's way, since when, and when Gradient is asked again", async () => {
  const since = new Date(fleet.clock.now()).toISOString();
  await fleet.forbid("org-1");
  const retryAt = new Date(fleet.clock.now() + 15 * 60_000).toISOString();
  const obstacle = { scope: "partner", why: "gradient-refuses", since, retryAt };
  expect(await fleet.guard.obstacle("org-1")).toEqual(obstacle);
  expect(await obstacles(fleet.table)("org-1")).toEqual(obstacle);
  expect(await fleet.guard.obstacle("org-2")).toBeNull();
});

it("is none for another token of the partner's", async () => {
  await fleet.forbid("org-1");
  expect(await fleet.guard.obstacle("org-1", "token-2")).toBeNull();
  expect(await fleet.guard.obstacle("org-1", "token-1")).not.toBeNull();
});

it("is nobody's own where no partner is named", async () => {
  await fleet.forbid("org-1");
  expect(await fleet.guard.obstacle(null)).toBeNull();

  fleet.world.goodKey = "none";
  await fleet.confirm("org-2");
  expect(await fleet.guard.obstacle(null)).toMatchObject({ scope: "vendor", why: "vendor-key" });
});

describe("of a word that only another version knows", () => {
  const writeTrouble = async (key: string) => {
    const { table, clock } = fleet;
    const row = breakerWrite(
      opened(await findBreaker(table, key), "refused", clock.now(), { rotation: ["org-3"] }),
    ).put;
    await table.put({ ...row, trouble: "quarantined", ladder: { trouble: "quarantined", tries: 1, until: noon } });
    return new Date(clock.now()).toISOString();
  };

  it("stands in a partner's way, and goes when Gradient takes its token", async () => {
    const at = await writeTrouble(partnerBreaker("org-1"));
    expect(await fleet.guard.obstacle("org-1")).toMatchObject({ scope: "partner", why: "gradient-refuses", since: at });
    expect(await listBreakers(fleet.table)).toMatchObject([{ key: "partner#org-1", trouble: "quarantined" }]);

    await fleet.pass(16);

    expect(await fleet.guard.obstacle("org-1")).toBeNull();
  });

  it("stands in everybody's way, and goes when Gradient takes a call", async () => {
    await writeTrouble(vendorBreaker);
    expect(await fleet.guard.obstacle("org-1")).toMatchObject({ scope: "vendor", why: "gradient-refuses" });

    await fleet.pass(16);

    expect(await fleet.guard.obstacle("org-1")).toBeNull();
  });
});

it("is everybody's first; whoever has one of its own, too, waits for the later of both", async () => {
  await fleet.forbid("org-1");
  const retryAt = new Date(fleet.clock.now() + 15 * 60_000).toISOString();
  fleet.world.goodKey = "none";
  await fleet.confirm("org-2");

  const ofAll = await fleet.guard.obstacle("org-2");
  expect(ofAll).toMatchObject({ scope: "vendor", why: "vendor-key" });
  expect(retryAt > (ofAll?.retryAt ?? "")).toBe(true);
  expect(await fleet.guard.obstacle("org-1")).toEqual({ ...ofAll, retryAt });
  await fleet.pass(14);
  // by now everybody's is asked later than its own
  expect(await fleet.guard.obstacle("org-1")).toEqual(await fleet.guard.obstacle("org-2"));
});

it("has a process that waits for the right vendor key begin with that one, not with the one in its memory", async () => {
  fleet.world.goodKey = "none";
  await fleet.confirm("org-1");
  const { keysForgotten } = fleet.seen;
  expect(await fleet.aProcess().obstacle("org-2")).toMatchObject({ why: "vendor-key" });
  expect(fleet.seen.keysForgotten).toBeGreaterThan(keysForgotten);
});

it("is noticed by other processes a second later, and costs two reads a second", async () => {
  const { clock, table, aProcess } = fleet;
  let reads = 0;
  const { get } = table;
  table.get = (key) => {
    reads += 1;
    return get(key);
  };
  const other = aProcess();
  for (let call = 0; call < 50; call += 1) expect(await other.obstacle("org-1")).toBeNull();
  expect(reads).toBe(2);
  await fleet.forbid("org-1");
  await clock.settle(clock.sleep(1_000));
  expect(await other.obstacle("org-1")).not.toBeNull();
});

it("is listed for an operator, the next to be probed first, and closed by one", async () => {
  const { clock, table } = fleet;
  await fleet.forbid("org-2");
  await clock.settle(clock.sleep(5_000));
  await fleet.forbid("org-1");
  const open = await listBreakers(table);
  expect(open.map(({ key, trouble }) => [key, trouble])).toEqual([
    ["partner#org-2", "refused"],
    ["partner#org-1", "refused"],
  ]);
  expect(await closeBreaker(table, partnerBreaker("org-2"), clock.now())).toBe("closed");
  expect(await closeBreaker(table, partnerBreaker("org-2"), clock.now())).toBe("not-open");
  expect(await closeBreaker(table, "partner#nobody", clock.now())).toBe("not-open");
  expect(await listBreakers(table)).toHaveLength(1);
});

it("is listed first where it is in everybody's way, however many partners' are open", async () => {
  const { clock, table } = fleet;
  for (let partner = 0; partner < 101; partner += 1) {
    const row = await findBreaker(table, partnerBreaker(`org-${partner}`));
    await table.put(breakerWrite(opened(row, "doubted", clock.now())).put);
  }
  await clock.settle(clock.sleep(5_000));
  const ours = await findBreaker(table, vendorBreaker);
  await table.put(breakerWrite(opened(ours, "gradient-refuses", clock.now())).put);

  const open = await listBreakers(table);
  expect(open).toHaveLength(101);
  expect(open.map(({ key }) => key).indexOf(vendorBreaker)).toBe(0);
});

it("that an operator closed stays closed while workers settle what was sent before", async () => {
  const { clock, table, why } = fleet;
  const sentAt = clock.now();
  await fleet.forbid("org-1", { sentAt: sentAt + 1 });
  await clock.settle(clock.sleep(3_000));
  await closeBreaker(table, "partner#org-1", clock.now());
  await clock.settle(clock.sleep(1_000));
  expect(await fleet.forbid("org-1", { sentAt: sentAt + 2 })).toBe("outdated");
  expect(await fleet.confirm("org-1", { sentAt: sentAt + 2 })).toBe("outdated");
  expect(await why("org-1")).toBeNull();
  // and the job frees the partner
  await fleet.pass(1);
  expect(fleet.released).toEqual(["org-1"]);
  expect(fleet.mails()).toEqual([]);
});
