import { describe, expect, it } from "vitest";
import { pacer } from "#shared/pace/pacer";
import { type Slots, tableSlots } from "#shared/pace/table-slots";
import { inMemoryTable } from "#test/fakes/in-memory-table";
import { callsPerSecond } from "#test/fakes/rate";
import { virtualClock } from "#test/fakes/virtual-clock";
import { mostWithin } from "./windows.ts";

const endless = { calls: Number.POSITIVE_INFINITY };

const aTable = () => {
  const clock = virtualClock();
  const table = inMemoryTable();
  return { clock, table, slotsFor: (taker: string) => workerSlots(table, clock, taker) };
};
const workerSlots = (
  table: Pick<ReturnType<typeof inMemoryTable>, "get" | "put">,
  clock: ReturnType<typeof virtualClock>,
  taker: string,
): Slots => tableSlots(table, "vendor", clock, callsPerSecond).for({ class: "scheduled", taker });

describe("pacing", () => {
  it.each([1, 2, 8])("keeps %i workers to the rate, and uses all of it", async (workers) => {
    const { clock, slotsFor } = aTable();
    const moments: number[] = [];
    const worker = async (_: unknown, number: number) => {
      const { slot } = pacer(slotsFor(`worker-${number}`), clock, endless);
      for (let call = 0; call < 1900 / workers; call += 1) {
        await slot();
        moments.push(clock.now());
      }
    };
    await clock.settle(Promise.all(Array.from({ length: workers }, worker)));

    const seconds = (Math.max(...moments) - Math.min(...moments)) / 1000;
    expect(moments.length / seconds).toBeGreaterThan(callsPerSecond - 1);
    expect(moments.length / seconds).toBeLessThan(callsPerSecond + 1);
    expect(mostWithin(moments, 1000)).toBeLessThanOrEqual(callsPerSecond + 1);
  });

  /** Notes how many moments are asked for. */
  const counted = (slots: Slots) => {
    const asked: number[] = [];
    const reserve: Slots["reserve"] = (count, leadMs) => {
      asked.push(count);
      return slots.reserve(count, leadMs);
    };
    return { asked, slots: { ...slots, reserve } };
  };

  it("leaves the moments to others that a worker has no calls for", async () => {
    const { clock, slotsFor } = aTable();
    const { asked, slots } = counted(slotsFor("worker"));
    const { slot, expect: more } = pacer(slots, clock, { calls: 25 });
    const work = async (calls: number) => {
      for (let call = 0; call < calls; call += 1) await slot();
    };
    await clock.settle(work(25));
    expect(asked).toEqual([25, 5]);

    // a repeat that nobody expected gets its moment, too
    expect(await clock.settle(slot())).not.toBeNull();
    expect(asked).toEqual([25, 5, 1]);

    // calls that will not be made after all
    more(20);
    more(-18);
    await clock.settle(work(2));
    expect(asked).toEqual([25, 5, 1, 2]);
  });

  it("holds no more than one and a half blocks, so that few lie ahead of others", async () => {
    const { clock, slotsFor, table } = aTable();
    const { slot } = pacer(slotsFor("worker"), clock, endless);
    const held: number[] = [];
    const work = async () => {
      for (let call = 0; call < 200; call += 1) {
        await slot();
        const next = Number((await table.get({ pk: "limiter#vendor", sk: "slots" }))?.next);
        held.push(Math.round(((next - clock.now()) * callsPerSecond) / 1000));
      }
    };
    await clock.settle(work());
    expect(Math.max(...held)).toBeLessThanOrEqual(30);
    // and no sooner than it must
    expect(Math.max(...held)).toBeLessThanOrEqual(24);
  });

  it("looks before it reserves while others reserve, so that hardly a write is refused", async () => {
    const { clock, table } = aTable();
    let refused = 0;
    const watched = {
      ...table,
      put: async (...args: Parameters<typeof table.put>) => {
        try {
          await table.put(...args);
        } catch (error) {
          refused += 1;
          throw error;
        }
      },
    };
    const worker = async (_: unknown, number: number) => {
      const { slot } = pacer(workerSlots(watched, clock, `worker-${number}`), clock, endless);
      for (let call = 0; call < 400; call += 1) await slot();
    };
    await clock.settle(Promise.all(Array.from({ length: 4 }, worker)));
    // 320 blocks were reserved; the four begin at the very same moment and get into each other's way then
    expect(refused).toBeLessThan(24);
  });

  it("leaves a moment unused that it reaches too late, instead of catching up in a burst", async () => {
    const { clock, slotsFor } = aTable();
    const { slot } = pacer(slotsFor("worker"), clock, endless);
    const moments: number[] = [];
    const work = async () => {
      for (let call = 0; call < 100; call += 1) {
        await slot();
        moments.push(clock.now());
        // the process hangs: everything that was due meanwhile is late
        if (call === 20) await clock.sleep(300);
      }
    };
    await clock.settle(work());

    const gaps = moments.slice(1).map((at, index) => at - (moments[index] ?? 0));
    // one moment may be used up to 12 ms late; all others that were missed are gone
    expect(gaps.filter((gap) => gap < 8).length).toBeLessThanOrEqual(1);
  });

  it("says until when a call may still go out: a strict window bears 12 ms of delay, and no more", async () => {
    const { clock, slotsFor } = aTable();
    const { slot } = pacer(slotsFor("worker"), clock, endless);

    const until = await clock.settle(slot());

    expect(until).toBe(clock.now() + 12);
  });

  const slowTable = (ms: number) => {
    const { clock, table } = aTable();
    let writes = 0;
    const slow = {
      ...table,
      put: async (...args: Parameters<typeof table.put>) => {
        writes += 1;
        if (writes > 50) throw new Error("goes round in circles");
        await table.put(...args);
        await clock.sleep(ms);
      },
    };
    return { clock, slots: workerSlots(slow, clock, "worker"), writes: () => writes };
  };

  it.each([40, 1400])("gets moments where every write takes %i ms", async (ms) => {
    const { clock, slots, writes } = slowTable(ms);
    const { slot } = pacer(slots, clock, { calls: 30 });

    expect(await clock.settle(slot())).not.toBeNull();
    expect(await clock.settle(slot())).not.toBeNull();
    // the first shows how long one takes, the last is fetched ahead
    expect(writes()).toBeLessThanOrEqual(4);
  });

  it("uses nearly all of the rate where every write takes 25 ms", async () => {
    const { clock, table } = aTable();
    const slow = {
      ...table,
      put: async (...args: Parameters<typeof table.put>) => {
        await clock.sleep(25);
        await table.put(...args);
      },
    };
    const { slot } = pacer(workerSlots(slow, clock, "worker"), clock, endless);
    const work = async () => {
      const startedAt = clock.now();
      for (let call = 0; call < 950; call += 1) await slot();
      return (950 * 1000) / (clock.now() - startedAt);
    };
    expect(await clock.settle(work())).toBeGreaterThan(94);
  });

  it("says so when no moment comes in time, again and again", async () => {
    const { clock, slots } = slowTable(5000);

    await expect(clock.settle(pacer(slots, clock, { calls: 30 }).slot())).rejects.toThrow("Every slot was over");
  });

  it("pauses everybody after a 429, goes on more slowly, and climbs back within half a minute", async () => {
    const { clock, slotsFor } = aTable();
    const mine = pacer(slotsFor("mine"), clock, endless);
    const others = pacer(slotsFor("others"), clock, endless);
    const countFor = async (ms: number) => {
      const end = clock.now() + ms;
      let calls = 0;
      while (clock.now() < end) {
        await others.slot();
        calls += 1;
      }
      return calls;
    };
    const work = async () => {
      const before = await countFor(2000);
      await mine.slowDown(2500);
      const during = await countFor(2000);
      const after = await countFor(2000);
      await clock.sleep(30_000);
      return { before, during, after, later: await countFor(2000) };
    };
    const { before, during, after, later } = await clock.settle(work());

    expect(before).toBeGreaterThan(185);
    // what was reserved before the refusal still goes out
    expect(during).toBeLessThan(25);
    expect(after).toBeLessThan(160);
    expect(later).toBeGreaterThan(180);
  });

  it("goes on by the row that earlier code has written, also where that code let nobody call", async () => {
    const { clock, table, slotsFor } = aTable();
    const next = clock.now() + 500;
    await table.put({
      pk: "limiter#vendor",
      sk: "slots",
      next,
      slowness: 1,
      slowedAt: 0,
      blockedSince: "2026-11-22T10:00:00.000Z",
      version: 3,
    });

    expect(await clock.settle(pacer(slotsFor("worker"), clock).slot())).not.toBeNull();
    expect(clock.now()).toBeGreaterThanOrEqual(next);
    // and earlier code goes on by what is written now
    expect(await table.get({ pk: "limiter#vendor", sk: "slots" })).toMatchObject({ blockedSince: null, version: 4 });
  });

  it.each([null, 0, 300])(
    "has everybody pause for a second at least, where Gradient names a wait of %s ms",
    async (ms) => {
      const { clock, slotsFor } = aTable();
      const { slot, slowDown } = pacer(slotsFor("worker"), clock, endless);
      await clock.settle(slot());
      const refusedAt = clock.now();
      await clock.settle(slowDown(ms));

      await clock.settle(slot());

      expect(clock.now()).toBe(refusedAt + 1_000);
    },
  );
});
