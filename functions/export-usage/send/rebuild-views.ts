import { findChunk } from "#shared/exports/chunk";
import { oweViews } from "#shared/exports/ending/owe-views";
import { withViewsOwed } from "#shared/exports/left-over";
import { isLook } from "#shared/exports/usage-export";
import { logger } from "#shared/logger";
import { type Bucket, bucketOf } from "#shared/usage/ledger";
import type { ExportRun } from "./export-run.ts";
import type { LineOfCall } from "./halt.ts";
import { countRepeater, type Repeatable, repeatLandsWithinMs } from "./repeat-count.ts";

// the first is refused only if its mapping was taken away a moment ago
const maxLines = 3;
// where all of an account's are refused, those of another one are in a chunk nearby
const maxChunks = 20;
// another worker may have planned the run; a number that was accepted a little before is held just as well
const clocksApartMs = 5_000;

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
 * The next run sends a line whose number is left, after a pause, and in that way shows all others. A look has its own
 * choice of lines, and takes one that is noted for one that was tried.
 */
const oweLater = async ({ table, lease, clock, connectionId, ledgerBits: bits }: ExportRun, line: LineOfCall) => {
  const current = lease.current();
  if (isLook(current)) return;
  const { partnerId } = current;
  const until = new Date(clock.now() + repeatLandsWithinMs).toISOString();
  await oweViews(table, { partnerId, bits, connectionId }, { ...current, acceptedLine: line }, () => lease.keep());
  await lease.save((newest) => ({ ...newest, leftOver: withViewsOwed(newest.leftOver, until) }));
};

/**
 * Repeats a count that this run had accepted so that Gradient rebuilds its views, where the run's last call was not
 * accepted. The number is the one that Gradient holds already. Where Gradient says nothing of it, the next run sends it
 * again.
 */
export const rebuildViews = async (run: ExportRun): Promise<void> => {
  const { lease, halt, token } = run;
  // No further number is sent once a person has stopped the run, but what was accepted is to be seen all the same. A
  // refusal of Gradient ends that, too.
  const mayNot = () => {
    const cause = halt.cause();
    return cause !== null && (cause.kind === "failed" || cause.reason !== "cancelled");
  };
  const { mode, viewsRebuilt, acceptedLine } = lease.current();
  if (mode === "dry-run" || viewsRebuilt || !acceptedLine || !token || mayNot()) return;

  const { rowOf, repeat } = countRepeater(run, token, mayNot);
  let tried = 0;
  let left: LineOfCall | null = null;
  /** Whether Gradient took one of these, one after the other. */
  const repeatFirst = async (candidates: Repeatable[]): Promise<boolean> => {
    for (const candidate of candidates) {
      if (tried >= maxLines || mayNot()) return false;
      tried += 1;
      const end = await repeat(candidate);
      if (end === "taken") return true;
      if (end === "left") left ??= candidate.entry;
    }
    return false;
  };

  const others: Repeatable[] = [];
  let isRebuilt = false;
  for await (const number of rowsWithAccepted(run)) {
    const all = repeatable(await rowOf(number), run);
    // what refuses one line of an account refuses its others, as a rule
    const accounts = [...Map.groupBy(all, ({ entry }) => entry.customerId).values()];
    others.push(...accounts.flatMap((its) => its.slice(1)));
    isRebuilt = await repeatFirst(accounts.flatMap((its) => its.slice(0, 1)));
    if (isRebuilt || tried >= maxLines || mayNot()) break;
  }
  isRebuilt ||= await repeatFirst(others);
  if (isRebuilt) return void (await lease.save((current) => ({ ...current, viewsRebuilt: true })));
  logger.warn("views not rebuilt", { tried });
  if (left !== null && halt.cause() === null) await oweLater(run, left);
};
