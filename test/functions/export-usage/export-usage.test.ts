import { describe, expect, it } from "vitest";
import { cancelExport } from "#functions/cancel-export/cancel-export";
import { toCustomerItem } from "#shared/customers/customer";
import { listChunks } from "#shared/exports/chunk";
import { exportWrite, findExport } from "#shared/exports/usage-export";
import { carry, connectedWorld, exportOf, receiptsOf, send, start } from "#test/builders/connected-world";
import { callsPerSecond } from "#test/fakes/rate";

describe("sending a partner's usage", () => {
  it("brings every mapped line's number to Gradient, zeros too, and keeps a receipt for each line", async () => {
    const world = await connectedWorld();
    world.map(["a", "b"]);

    const over = await send(world);

    expect(await world.counts()).toEqual({ "a/dns": 10, "a/sig": 0, "b/dns": 10, "b/sig": 0 });
    expect(over).toMatchObject({ state: "finished", outcome: "succeeded", reason: null });
    expect(over.totals).toEqual({
      lines: 6,
      accepted: 4,
      unchanged: 0,
      unmapped: 2,
      rejected: 0,
      deferred: 0,
      superseded: 0,
    });
    const receipts = await receiptsOf(world, over);
    expect(
      receipts.map(({ customerId, serviceId, outcome }) => `${customerId}/${serviceId} ${outcome}`).sort(),
    ).toEqual([
      "a/dns accepted",
      "a/sig accepted",
      "b/dns accepted",
      "b/sig accepted",
      "c/dns unmapped",
      "c/sig unmapped",
    ]);
  });

  it("opens Next and puts the partner on its schedule with the first accepted count", async () => {
    const world = await connectedWorld();
    world.map(["a"]);
    expect(await world.integration()).toMatchObject({ state: "awaiting-mapping", nextRunAt: null });

    await send(world);

    expect(await world.integration()).toMatchObject({
      state: "active",
      currentExportId: null,
      nextRunAt: "2026-11-23T02:00:00.000Z",
    });
  });

  it("counts no receipts before Next is open: who takes over from a dead worker would not open it", async () => {
    const world = await connectedWorld();
    world.map(["a", "b", "c"]);
    const { transact } = world.table;
    world.table.transact = async (writes) => {
      if (writes.some((write) => "put" in write && write.put.state === "active")) throw new Error("down");
      return transact(writes);
    };

    const run = await start(world);
    await expect(world.work()).rejects.toThrow("down");

    expect(await exportOf(world, run)).toMatchObject({ nextChunk: 0 });
  });

  it("stays at the mapping step while Gradient accepts nothing", async () => {
    const world = await connectedWorld();

    const over = await send(world);

    expect(over).toMatchObject({ outcome: "succeeded", totals: { lines: 6, unmapped: 6 }, reason: null });
    expect(await world.integration()).toMatchObject({ state: "awaiting-mapping", currentExportId: null });
  });

  it("has the views rebuilt by the calls of its last two chunks, the last of which follows the answers to all before those", async () => {
    const ids = Array.from({ length: 150 }, (_, index) => `customer-${index}`);
    const world = await connectedWorld(ids);
    world.map(ids);
    const { gradient, clock } = world;
    const { setUnitCount } = gradient;
    const calls: { rebuildsViews: boolean; sentAt: number; answeredAt: number }[] = [];
    gradient.setUnitCount = async (token, count) => {
      const call = { rebuildsViews: count.rebuildsViews, sentAt: clock.now(), answeredAt: 0 };
      calls.push(call);
      // those of the first chunks take longer than all calls of the run together
      await clock.sleep(count.rebuildsViews ? 100 : 5_000);
      call.answeredAt = clock.now();
      return setUnitCount(token, count);
    };

    const over = await send(world);

    const firstLoud = calls.findIndex(({ rebuildsViews }) => rebuildsViews);
    const [quiet, loud] = [calls.slice(0, firstLoud), calls.slice(firstLoud)];
    expect(quiet.length).toBeGreaterThan(30);
    // the answers to the others have had a second
    expect(loud.length).toBeGreaterThan(callsPerSecond);
    expect(loud.every(({ rebuildsViews }) => rebuildsViews)).toBe(true);
    const quietUntil = Math.max(...quiet.map(({ answeredAt }) => answeredAt));
    expect(loud.at(-1)?.sentAt).toBeGreaterThanOrEqual(quietUntil);
    // no other call waits for anything but its slot
    expect(loud.at(-2)?.sentAt).toBeLessThan(quietUntil - 1_000);
    expect(over).toMatchObject({ viewsRebuilt: true, totals: { accepted: calls.length } });
  });

  it("of two chunks has the views rebuilt by all of its calls, so that the last one waits for nothing", async () => {
    const ids = Array.from({ length: 60 }, (_, index) => `customer-${index}`);
    const world = await connectedWorld(ids);
    world.map(ids);

    expect(await send(world)).toMatchObject({ chunks: 2, viewsRebuilt: true });

    expect(world.gradient.countsReceived.filter(({ rebuildsViews }) => !rebuildsViews)).toEqual([]);
  });

  it("repeats an accepted count for the views when the last line was not accepted", async () => {
    const world = await connectedWorld();
    const last = (await receiptsOf(world, await send(world, "dry-run"))).at(-1)?.customerId ?? "";
    world.map(["a", "b", "c"].filter((id) => id !== last));

    await send(world, "full");

    const received = world.gradient.countsReceived;
    expect(received).toHaveLength(7);
    expect(received.at(-1)).toMatchObject({ rebuildsViews: true });
    expect(received.at(-1)?.accountId).not.toBe(last);
  });

  it("sends only what Gradient does not surely hold in a run of changes", async () => {
    const world = await connectedWorld();
    world.map(["a", "b", "c"]);
    await send(world);
    await world.setUsage("b", { dns: 12, sig: 0 });

    const over = await send(world, "changes");

    expect(over.totals).toMatchObject({ lines: 6, accepted: 1, unchanged: 5 });
    expect(await world.counts()).toMatchObject({ "b/dns": 12 });
  });

  it("does not say of numbers that a dead worker may have sent that a cancelled run has not sent them", async () => {
    const dead = new Set(["the first worker"]);
    const world = await connectedWorld(["a", "b", "c"], (gradient) => ({
      ...gradient,
      setUnitCount: async (token, count) => {
        const answer = await gradient.setUnitCount(token, count);
        if (dead.size > 0) throw new Error("dies");
        return answer;
      },
    }));
    world.map(["a", "b", "c"]);
    const run = await start(world);
    await expect(world.work()).rejects.toThrow("dies");
    dead.clear();
    await cancelExport(world.common)({ ...world, exportId: run.id });
    await world.setUsage("a", { dns: 99, sig: 0 });
    await world.pass(20_000);

    await world.clock.settle(carry(world, run));

    const receipts = await receiptsOf(world, run);
    expect(receipts).toHaveLength(6);
    expect(receipts.find(({ customerId, serviceId }) => `${customerId}/${serviceId}` === "a/dns")).toMatchObject({
      unitCount: 10,
      outcome: "deferred",
      reason: expect.stringContaining("may have been sent"),
    });
  });

  it("writes nothing more when it was held up and another worker has the run by then", async () => {
    const world = await connectedWorld();
    const { put } = world.table;
    let isHeldUp = false;
    world.table.put = async (item, expect) => {
      await put(item, expect);
      if (isHeldUp || !item.sk.startsWith("export#") || item.state !== "sending") return;
      isHeldUp = true;
      const running = await findExport(world.table, world.partnerId, run.id);
      const until = new Date(world.clock.now() + 60_000).toISOString();
      if (running) await world.table.transact([exportWrite({ ...running, lease: { holder: "another", until } })]);
      await world.clock.sleep(25_000);
    };
    const run = await start(world, "dry-run");

    expect(await world.work()).toContain("export-usage: taken-over");

    const { items } = await listChunks(world.table, world.partnerId, run.id, { limit: 10 });
    expect(items.map(({ content }) => content.state)).toEqual(["planned"]);
  });

  it("leaves the last export as it was after a dry run", async () => {
    const world = await connectedWorld();
    world.map(["a", "b", "c"]);
    const { id } = await send(world);

    await send(world, "dry-run");

    expect(await world.integration()).toMatchObject({ lastExport: { id }, currentExportId: null });
  });

  it("reads the number when it sends it, not when the run was started", async () => {
    const world = await connectedWorld();
    world.map(["a", "b", "c"]);
    await start(world);
    await world.setUsage("a", { dns: 99, sig: 0 });

    await world.work();

    expect(await world.counts()).toMatchObject({ "a/dns": 99 });
  });

  it("sends zero once for a customer that was removed", async () => {
    const world = await connectedWorld();
    world.map(["a", "b", "c"]);
    await send(world);
    const at = world.clock.date().toISOString();
    const gone = { removedAt: at, retiredAt: null, isMapped: null, updatedAt: at, version: 2 };
    await world.table.put(
      toCustomerItem({ id: "a", name: "A", billing: "billed", partnerId: world.partnerId, ...gone }),
    );

    const over = await send(world, "changes");
    const later = await send(world, "changes");

    expect(await world.counts()).toMatchObject({ "a/dns": 0, "a/sig": 0 });
    expect(over.totals).toMatchObject({ lines: 5, accepted: 1, unchanged: 4 });
    expect(later.totals.lines).toBe(4);
    expect(world.gradient.organizationOf(world.token)?.accounts.get("a")).toMatchObject({ isActive: false });
  });

  it("sends nothing in a dry run, and says what it would send", async () => {
    const world = await connectedWorld();
    world.map(["a", "b", "c"]);

    const over = await send(world, "dry-run");

    expect(world.gradient.countsReceived).toEqual([]);
    expect(over).toMatchObject({ outcome: "succeeded", totals: { lines: 6, deferred: 6, accepted: 0 } });
    expect((await receiptsOf(world, over)).map(({ unitCount }) => unitCount).sort()).toEqual([0, 0, 0, 10, 10, 10]);
    expect(await world.integration()).toMatchObject({ state: "awaiting-mapping" });
  });
});
