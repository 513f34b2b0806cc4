import { findChunk } from "#shared/exports/chunk";
import { oweViews } from "#shared/exports/ending/owe-views";
import { withViewsOwed } from "#shared/exports/left-over";
import { isLook } from "#shared/exports/usage-export";
import { landsWithinMs } from "#shared/gradient/lost-calls";
import { logger } from "#shared/logger";
import { store, written } from "#shared/table/table";
import { doubtAbout } from "#shared/usage/doubt";
import { type Bucket, bucketOf, bucketWrite, type LedgerEntry, lineKey, readBucket } from "#shared/usage/ledger";
import type { ExportRun } from "./export-run.ts";
import type { LineOfCall } from "./halt.ts";
import { entryAfter } from "./line-decision.ts";
import { sendCount } from "./send-count.ts";

// the first is refused only if its mapping was taken away a moment ago
const maxLines = 3;
// where all of an account's are refused, those of another one are in a chunk nearby
const maxChunks = 20;
// one note serves so long: a call that waits for it with its slot in hand would miss the slot
const noteEveryMs = 1_000;
// another worker may have planned the run; a number that was accepted a little before is held just as well
const clocksApartMs = 5_000;

/** A number that Gradient holds, and the row of the ledger that says so. */
interface Repeatable {
  row: number;
  entry: LedgerEntry;
  /** Gradient's. */
  serviceId: string;
  unitCount: number;
  at: string;
}

/** The numbers that this run has brought to Gradient, the newest first. */
const repeatable = ({ number, entries }: Bucket, { services, lease }: ExportRun): Repeatable[] => {
  const since = Date.parse(lease.current().readAt ?? "") - clocksApartMs;
  return [...entries.values()]
    .flatMap((entry) => {
      const { accepted, doubt, last } = entry;
      const serviceId = services.get(entry.serviceId)?.gradientServiceId;
      if (!accepted || !serviceId || last.outcome !== "accepted" || Date.parse(accepted.at) < since) return [];
      // another number may have landed since, or still land
      if (doubt !== null && doubt.unitCount !== accepted.unitCount) return [];
      return [{ row: number, entry, serviceId, ...accepted }];
    })
    .sort((a, b) => Number(b.at > a.at) - Number(b.at < a.at));
};

/** The rows of the ledger that have an accepted line of this run, that of the last one first. */
async function* rowsWithAccepted({ table, lease, ledgerBits }: ExportRun): AsyncGenerator<number> {
  const { partnerId, id, acceptedLine, nextChunk } = lease.current();
  if (!acceptedLine) return;
  const first = bucketOf(acceptedLine.customerId, ledgerBits);
  yield first;
  const seen = new Set([first]);
  for (let number = nextChunk - 1; number >= Math.max(0, nextChunk - maxChunks); number -= 1) {
    const chunk = await findChunk(table, partnerId, id, number);
    if (chunk?.content.state !== "done" || seen.has(chunk.bucket)) continue;
    if (!chunk.content.receipts.some(({ outcome }) => outcome === "accepted")) continue;
    seen.add(chunk.bucket);
    yield chunk.bucket;
  }
}

/**
 * Repeats a count that this run had accepted so that Gradient rebuilds its views, where the run's last call was not
 * accepted. The number is the one that Gradient holds already; it is noted as under way before it is sent, and again
 * before each repeat, as every number is. Where Gradient says nothing of it, the next run sends it again.
 */
export const rebuildViews = async (run: ExportRun): Promise<void> => {
  const { table, lease, halt, clock, token, patience } = run;
  // No further number is sent once a person has stopped the run, but what was accepted is to be seen all the same. A
  // refusal of Gradient ends that, too.
  const mayNot = () => {
    const cause = halt.cause();
    return cause !== null && (cause.kind === "failed" || cause.reason !== "cancelled");
  };
  // everybody pauses for a call that is one too many, and an outage is tried by one call: others come first
  const isHopeless = async () => patience.isOver() || (await run.outage()) !== null;
  const { partnerId, mode, viewsRebuilt, acceptedLine, proofGen } = lease.current();
  if (mode === "dry-run" || viewsRebuilt || !acceptedLine || !token || mayNot()) return;

  const readRow = (number: number) => readBucket(table, { partnerId, bits: run.ledgerBits, number }, run.connectionId);
  let bucket: Bucket;
  const keep = async (entry: LedgerEntry) => {
    const changed = { ...bucket, entries: new Map(bucket.entries).set(lineKey(entry), entry) };
    await store(table, bucketWrite(changed));
    bucket = written(changed);
  };

  /** `left`: Gradient has said nothing of it, or was not asked. */
  const repeat = async ({ entry, serviceId, unitCount }: Repeatable): Promise<"taken" | "refused" | "left"> => {
    let notedAt = Number.NEGATIVE_INFINITY;
    const note = async () => {
      if (clock.now() - notedAt < noteEveryMs) return;
      notedAt = clock.now();
      const until = new Date(notedAt + 2 * noteEveryMs + landsWithinMs).toISOString();
      await keep({ ...entry, doubt: doubtAbout(unitCount, until, entry.doubt) });
    };
    const mayGoOn = async () => {
      await lease.keep();
      if (!lease.isSafe() || mayNot()) return false;
      // a worker that dies after its last repeat leaves nothing else that tells until when it may land
      await note();
      return lease.isSafe();
    };
    // a worker that stood still has lost time, and not its run: it takes the lease up again
    const mayCall = async () => (await mayGoOn()) || (!mayNot() && (await mayGoOn()));
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
    await keep({ ...entryAfter(entry, sent), ...(isLeft ? { owed: entry.owed, last: entry.last } : {}) });
    halt.heed(answer, at, entry);
    if (isLeft) return "left";
    return answer.kind === "accepted" ? "taken" : "refused";
  };

  /** Whether Gradient took one of these, one after the other. */
  const repeatFirst = async (candidates: Repeatable[]): Promise<boolean> => {
    for (const candidate of candidates) {
      if (tried >= maxLines || mayNot()) return false;
      tried += 1;
      if (bucket.number !== candidate.row) bucket = await readRow(candidate.row);
      const end = await repeat(candidate);
      if (end === "taken") return true;
      if (end === "left") left ??= candidate.entry;
    }
    return false;
  };

  /** The next run sends the first line whose number is left, after a pause, and in that way shows all others. */
  const owe = async (line: LineOfCall): Promise<void> => {
    const current = lease.current();
    const { connectionId, ledgerBits: bits } = run;
    const until = new Date(clock.now() + 2 * noteEveryMs + landsWithinMs).toISOString();
    await oweViews(table, { partnerId, bits, connectionId }, { ...current, acceptedLine: line }, () => lease.keep());
    await lease.save((newest) => ({ ...newest, leftOver: withViewsOwed(newest.leftOver, until) }));
  };

  let tried = 0;
  let left: LineOfCall | null = null;
  const others: Repeatable[] = [];
  let isRebuilt = false;
  for await (const number of rowsWithAccepted(run)) {
    bucket = await readRow(number);
    const all = repeatable(bucket, run);
    // what refuses one line of an account refuses its others, as a rule
    const accounts = [...Map.groupBy(all, ({ entry }) => entry.customerId).values()];
    others.push(...accounts.flatMap((its) => its.slice(1)));
    isRebuilt = await repeatFirst(accounts.flatMap((its) => its.slice(0, 1)));
    if (isRebuilt || tried >= maxLines || mayNot()) break;
  }
  isRebuilt ||= await repeatFirst(others);
  if (isRebuilt) return void (await lease.save((current) => ({ ...current, viewsRebuilt: true })));
  logger.warn("views not rebuilt", { tried });
  // a look has its own choice of lines, and takes one that is noted for one that was tried
  if (left !== null && halt.cause() === null && !isLook(lease.current())) await owe(left);
};
