import { landsWithinMs } from "#shared/gradient/lost-calls";
import { store, written } from "#shared/table/table";
import { doubtAbout } from "#shared/usage/doubt";
import { type Bucket, bucketWrite, type LedgerEntry, lineKey, readBucket } from "#shared/usage/ledger";
import type { ExportRun, RunToken } from "./export-run.ts";
import { isRefusal } from "./halt.ts";
import { entryAfter, entryRefused } from "./line-decision.ts";
import { sendCount } from "./send-count.ts";

// one note serves so long: a call that waits for it with its slot in hand would miss the slot
const noteEveryMs = 1_000;
/** A repeat may land for so long after it was last noted. */
export const repeatLandsWithinMs = 2 * noteEveryMs + landsWithinMs;

/** A number that Gradient holds, and the row of the ledger that says so. */
export interface Repeatable {
  row: number;
  entry: LedgerEntry;
  /** Gradient's. */
  serviceId: string;
  unitCount: number;
  at: string;
}

/** Whether a run's counts may no longer be called, for a person's sake or Gradient's. */
type Stopped = () => boolean;

/**
 * Repeats numbers that Gradient holds already, one after the other. Each is noted as under way before it is sent, and
 * again before each repeat, as every number is. `left`: Gradient has said nothing of it, or was not asked.
 */
export const countRepeater = (run: ExportRun, token: RunToken, isStopped: Stopped) => {
  const { table, lease, halt, clock, patience, connectionId, ledgerBits: bits } = run;
  const { partnerId, proofGen } = lease.current();
  let bucket: Bucket | undefined;

  const rowOf = async (number: number): Promise<Bucket> => {
    if (bucket?.number !== number) bucket = await readBucket(table, { partnerId, bits, number }, connectionId);
    return bucket;
  };
  const keep = async (row: number, entry: LedgerEntry): Promise<void> => {
    const before = await rowOf(row);
    const changed = { ...before, entries: new Map(before.entries).set(lineKey(entry), entry) };
    await store(table, bucketWrite(changed));
    bucket = written(changed);
  };
  // everybody pauses for a call that is one too many, and an outage is tried by one call: others come first
  const isHopeless = async (): Promise<boolean> => patience.isOver() || (await run.outage()) !== null;

  const repeat = async ({ row, entry, serviceId, unitCount }: Repeatable): Promise<"taken" | "refused" | "left"> => {
    let notedAt = Number.NEGATIVE_INFINITY;
    const note = async () => {
      if (clock.now() - notedAt < noteEveryMs) return;
      notedAt = clock.now();
      const until = new Date(notedAt + repeatLandsWithinMs).toISOString();
      await keep(row, { ...entry, doubt: doubtAbout(unitCount, until, entry.doubt) });
    };
    const mayGoOn = async () => {
      await lease.keep();
      if (!lease.isSafe() || isStopped()) return false;
      // a worker that dies after its last repeat leaves nothing else that tells until when it may land
      await note();
      return lease.isSafe();
    };
    // a worker that stood still has lost time, and not its run: it takes the lease up again
    const mayCall = async () => (await mayGoOn()) || (!isStopped() && (await mayGoOn()));
    const mayRepeat = async () => !patience.triesOnce() && !(await isHopeless()) && mayCall();
    if ((await isHopeless()) || !(await mayCall())) return "left";
    const count = { serviceId, accountId: entry.customerId, unitCount, rebuildsViews: true };
    const result = await sendCount(run)(token.value, count, mayCall, mayRepeat);
    if (result === null) return "left";
    const { answer, wasInDoubt, sentAt: at } = result;
    const { customerId, serviceId: hubServiceId } = entry;
    const sent = { customerId, serviceId: hubServiceId, unitCount, answer, wasInDoubt, at, proofGen };
    const isLeft = answer.kind === "in-doubt" || answer.kind === "throttled";
    // Gradient holds the number all the same: the line itself is owed nothing, and its views may be shown by another
    const { owed, last } = isRefusal(answer) ? entryRefused(entry, entry, at) : entry;
    const isHeld = isLeft || isRefusal(answer);
    await keep(row, { ...entryAfter(entry, sent), ...(isHeld ? { owed, last } : {}) });
    halt.heed(answer, at, entry);
    if (isLeft) return "left";
    return answer.kind === "accepted" ? "taken" : "refused";
  };
  return { rowOf, repeat };
};
