import { describe, expect, it } from "vitest";
import { pacer } from "#shared/pace/pacer";
import { limiterName, tableSlots } from "#shared/pace/table-slots";
import { inMemoryTable } from "#test/fakes/in-memory-table";
import { callsPerSecond } from "#test/fakes/rate";
import { virtualClock } from "#test/fakes/virtual-clock";

/** The most calls that fall into any window of one second. */
const mostInOneSecond = (moments: number[]): number => {
  const sorted = moments.toSorted((a, b) => a - b);
  let first = 0;
  let most = 0;
  for (const [index, at] of sorted.entries()) {
    while (at - (sorted[first] ?? at) >= 1000) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
};

const sendFor = async (workers: number, calls: number, blockSize: number) => {
  const clock = virtualClock();
  const table = inMemoryTable();
  const moments: number[] = [];
  const worker = async () => {
    const { slot } = pacer(tableSlots(table, "vendor", clock, callsPerSecond), clock, blockSize);
    for (let call = 0; call < calls / workers; call += 1) {
      await slot();
      moments.push(clock.now());
    }
  };
  await clock.settle(Promise.all(Array.from({ length: workers }, worker)));
  return moments;
};

describe("pacing", () => {
  it.each([
    [1, 10],
    [1, 40],
    [8, 10],
  ])("keeps %i workers with blocks of %i to the rate, and uses all of it", async (workers, blockSize) => {
    const moments = await sendFor(workers, 1900, blockSize);

    const seconds = (Math.max(...moments) - Math.min(...moments)) / 1000;
    expect(moments.length / seconds).toBeGreaterThan(callsPerSecond - 1);
    expect(moments.length / seconds).toBeLessThan(callsPerSecond + 1);
    expect(mostInOneSecond(moments)).toBeLessThanOrEqual(callsPerSecond + 1);
  });

  it("leaves the moments to others that a worker has no calls for", async () => {
    const clock = virtualClock();
    const slots = tableSlots(inMemoryTable(), "vendor", clock, callsPerSecond);
    const reserved: number[] = [];
    const counted = {
      ...slots,
      reserve: (count: number) => {
        reserved.push(count);
        return slots.reserve(count);
      },
    };
    const { slot } = pacer(counted, clock, 20, 25);
    const work = async () => {
      for (let call = 0; call < 25; call += 1) await slot();
    };
    await clock.settle(work());
    expect(reserved).toEqual([20, 5]);

    // a repeat that nobody expected gets its moment, too
    expect(await clock.settle(slot())).toBe(true);
    expect(reserved).toEqual([20, 5, 1]);
  });

  it("looks before it reserves while others reserve, so that hardly a write is refused", async () => {
    const clock = virtualClock();
    const table = inMemoryTable();
    let refused = 0;
    const counted = {
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
    const worker = async () => {
      const { slot } = pacer(tableSlots(counted, "vendor", clock, callsPerSecond), clock, 20);
      for (let call = 0; call < 400; call += 1) await slot();
    };
    await clock.settle(Promise.all(Array.from({ length: 4 }, worker)));
    // 80 blocks were reserved; the four begin at the very same moment and get into each other's way then
    expect(refused).toBeLessThan(12);
  });

  it("leaves a moment unused that it reaches too late, instead of catching up in a burst", async () => {
    const clock = virtualClock();
    const { slot } = pacer(tableSlots(inMemoryTable(), "vendor", clock, callsPerSecond), clock, 40);
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

  const slowTable = (ms: number) => {
    const clock = virtualClock();
    const table = inMemoryTable();
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
    return { clock, slots: tableSlots(slow, "vendor", clock, callsPerSecond), writes: () => writes };
  };

  it.each([
    [40, 1],
    [1400, 30],
  ])("gets moments where every write takes %i ms, longer than a block of %i lasts", async (ms, blockSize) => {
    const { clock, slots, writes } = slowTable(ms);
    const { slot } = pacer(slots, clock, blockSize);

    expect(await clock.settle(slot())).toBe(true);
    expect(await clock.settle(slot())).toBe(true);
    // the first shows how long one takes, the last is fetched ahead
    expect(writes()).toBeLessThanOrEqual(4);
  });

  it("says so when no moment comes in time, again and again", async () => {
    const { clock, slots } = slowTable(5000);

    await expect(clock.settle(pacer(slots, clock, 30).slot())).rejects.toThrow("Every slot was over");
  });

  it("pauses everybody after a 429, goes on more slowly, and climbs back within half a minute", async () => {
    const clock = virtualClock();
    const table = inMemoryTable();
    const mine = pacer(tableSlots(table, "vendor", clock, callsPerSecond), clock, 10);
    const others = pacer(tableSlots(table, "vendor", clock, callsPerSecond), clock, 10);
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

  it("lets nobody call once the key is blocked", async () => {
    const clock = virtualClock();
    const table = inMemoryTable();
    const slots = tableSlots(table, limiterName("vendor", "org-1"), clock, callsPerSecond);
    await slots.block("2026-11-22T10:00:00.000Z");

    expect(await pacer(tableSlots(table, "vendor", clock, callsPerSecond), clock, 10).slot()).toBe(false);
    expect(
      await pacer(tableSlots(table, limiterName("partner", "org-1"), clock, callsPerSecond), clock, 10).slot(),
    ).toBe(true);
  });
});
