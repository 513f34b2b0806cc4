import type { CallClass } from "#shared/pace/limiter";
import { pacer } from "#shared/pace/pacer";
import { limiterKey, tableSlots } from "#shared/pace/table-slots";
import { inMemoryTable } from "#test/fakes/in-memory-table";
import { callsPerSecond } from "#test/fakes/rate";
import { virtualClock } from "#test/fakes/virtual-clock";

export interface Call {
  by: string;
  class: CallClass;
  /** The moment that it was given; it may be used up to 12 ms late. */
  slotAt: number;
  sentAt: number;
}

interface Sender {
  class: CallClass;
  by: string;
  /** As many calls one after the other, or until then. */
  calls?: number;
  until?: number;
  startsAt?: number;
  /** Between its calls. */
  pauseMs?: () => number;
}

// as the pacer has it
const maxLateMs = 12;

/** Senders on one row, in virtual time; each read and write of the table takes `tableMs`. */
export const traffic = ({ tableMs = () => 0 }: { tableMs?: () => number } = {}) => {
  const clock = virtualClock();
  const startedAt = clock.now();
  const rows = inMemoryTable();
  const calls: Call[] = [];
  let reads = 0;
  const table: Pick<typeof rows, "get" | "put"> = {
    get: async (key) => {
      reads += 1;
      await clock.sleep(tableMs());
      return rows.get(key);
    },
    put: async (item, expect) => {
      await clock.sleep(tableMs());
      await rows.put(item, expect);
    },
  };

  return {
    clock,
    calls,
    /** Milliseconds since the start. */
    now: () => clock.now() - startedAt,
    reads: () => reads,
    /** How many moments somebody has that are still to come. */
    heldAhead: async (): Promise<number> => {
      const next = Number((await rows.get(limiterKey("vendor")))?.next ?? 0);
      return Math.max(0, Math.ceil(((next - clock.now()) * callsPerSecond) / 1000 - 1e-6));
    },
    slowDown: (ms: number) =>
      tableSlots(table, "vendor", clock, callsPerSecond).for({ class: "scheduled", taker: "refused" }).slowDown(ms),
    send: async ({ class: its, by, calls: count, until, startsAt = 0, pauseMs }: Sender): Promise<Call[]> => {
      const own: Call[] = [];
      await clock.sleep(startsAt);
      const slots = tableSlots(table, "vendor", clock, callsPerSecond).for({ class: its, taker: by });
      const isSingle = its === "person-call" || pauseMs !== undefined;
      const { slot } = pacer(slots, clock, { calls: isSingle ? 0 : (count ?? Number.POSITIVE_INFINITY) });
      const isOver = () =>
        own.length >= (count ?? Number.POSITIVE_INFINITY) ||
        clock.now() - startedAt >= (until ?? Number.POSITIVE_INFINITY);
      while (!isOver()) {
        const usableUntil = await slot();
        if (usableUntil === null) continue;
        const call = { by, class: its, slotAt: usableUntil - maxLateMs - startedAt, sentAt: clock.now() - startedAt };
        own.push(call);
        calls.push(call);
        if (pauseMs) await clock.sleep(pauseMs());
      }
      return own;
    },
  };
};
