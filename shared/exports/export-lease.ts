import type { Clock } from "../pace/clock.ts";
import { isConflict, retryOnConflict, store, type Table, type Write, written } from "../table/table.ts";
import { exportWrite, findExport, isOver, type UsageExport } from "./usage-export.ts";

// Renewed with every checkpoint, about once a second. A killed worker's run waits this long at most before another goes
// on.
export const leaseMs = 20_000;
// Nothing is sent in the last part of a lease: a renewal may fail, and the other side's clock may be a little fast.
const marginMs = 5_000;

/** A worker's claim to a run, from now on. */
export const newHold = (holder: string, now: number) => ({ holder, until: new Date(now + leaseMs).toISOString() });

/** The run belongs to somebody else by now: whoever hears this must not send or write anything more. */
export class LeaseLost extends Error {
  override name = "LeaseLost";
}

/** A worker's hold on a run: the export as it was written last, and the only way to change it. */
export interface Lease {
  current(): UsageExport;
  /** Whether a call may still go out under it. */
  isSafe(): boolean;
  /** Renews the lease when half of it is gone. */
  keep(): Promise<void>;
  /**
   * Applies `change` to the newest state (a person may have cancelled meanwhile) and renews the lease. When the answer
   * to a write is lost, `change` meets its own result: it must then change nothing more.
   */
  save(change: (current: UsageExport) => UsageExport): Promise<UsageExport>;
  /** The same with the next write, and without one of its own. */
  amend(change: (current: UsageExport) => UsageExport): void;
  /** The newest state, with what no write has carried so far. Throws `LeaseLost` when the run has gone elsewhere. */
  reread(): Promise<UsageExport>;
  /** Lets the run go, and in the same step owes the message that wakes its next worker. */
  handOver(owed: (next: UsageExport) => Write): Promise<void>;
}

interface Dependencies {
  table: Table;
  clock: Clock;
  holder: string;
}

const newLease = ({ table, clock, holder }: Dependencies, taken: UsageExport): Lease => {
  let held = taken;
  /** What is to go with the next write. */
  let amendments: ((current: UsageExport) => UsageExport)[] = [];
  let current = taken;
  const hold = (value: UsageExport): UsageExport => {
    held = value;
    current = amendments.reduce((amended, change) => change(amended), value);
    return current;
  };
  const reread = async (): Promise<UsageExport> => {
    const newest = await findExport(table, held.partnerId, held.id);
    if (newest?.lease?.holder !== holder || isOver(newest)) throw new LeaseLost();
    return hold(newest);
  };
  let renewal: Promise<UsageExport> | undefined;
  const write = async (
    change: (current: UsageExport) => UsageExport,
    until: string | null,
    owed?: (next: UsageExport) => Write,
  ) => {
    const attempt = async () => {
      const next = { ...change(current), lease: until === null ? null : { holder, until } };
      const carried = amendments.length;
      try {
        if (owed) await table.transact([exportWrite(next), owed(next)]);
        else await store(table, exportWrite(next));
        amendments = amendments.slice(carried);
        return hold(written(next));
      } catch (error) {
        if (!isConflict(error)) throw error;
        await reread();
        throw error;
      }
    };
    return retryOnConflict(attempt);
  };
  const leftMs = () => (held.lease === null ? 0 : Date.parse(held.lease.until) - clock.now());
  const save: Lease["save"] = (change) => write(change, new Date(clock.now() + leaseMs).toISOString());
  return {
    current: () => current,
    isSafe: () => leftMs() > marginMs,
    keep: async () => {
      if (leftMs() >= leaseMs / 2) return;
      // many calls may ask at once; one renewal serves them all
      renewal ??= save((unchanged) => unchanged).finally(() => {
        renewal = undefined;
      });
      await renewal;
    },
    save,
    amend: (change) => {
      amendments.push(change);
      hold(held);
    },
    reread,
    handOver: async (owed) => {
      const queuedAt = new Date(clock.now()).toISOString();
      const leg = held.leg + 1;
      await write((now) => ({ ...now, leg, queuedAt }), null, owed);
    },
  };
};

/**
 * Takes the run over for one worker. Answers `already-over` when the run is over or does not exist, and
 * `carried-elsewhere` while another worker holds it: should that one be dead, the run gets another message soon.
 */
export const takeLease = async (
  { table, clock, holder }: Dependencies,
  place: { partnerId: string; exportId: string },
): Promise<Lease | "already-over" | "carried-elsewhere"> => {
  for (;;) {
    const found = await findExport(table, place.partnerId, place.exportId);
    if (!found || isOver(found)) return "already-over";
    // admitted by this worker, with its lease from the start
    if (found.lease?.holder === holder) return newLease({ table, clock, holder }, found);
    if (found.lease !== null && Date.parse(found.lease.until) > clock.now()) return "carried-elsewhere";
    const taken = { ...found, lease: newHold(holder, clock.now()) };
    try {
      await store(table, exportWrite(taken));
      return newLease({ table, clock, holder }, written(taken));
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
  }
};
