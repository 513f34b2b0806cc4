import { landsWithinMs } from "#shared/gradient/lost-calls";
import { logger } from "#shared/logger";
import { type Bucket, bucketOf, bucketWrite, type LedgerEntry, lineKey, readBucket } from "#shared/usage/ledger";
import type { ExportRun } from "./export-run.ts";
import { entryAfter } from "./line-decision.ts";
import { sendCount } from "./send-count.ts";

// the first is refused only if its mapping was taken away a moment ago
const maxLines = 3;

/** The numbers that Gradient surely holds: first those of lines whose last answer was `accepted`, then the newest. */
const repeatable = (entries: Iterable<LedgerEntry>, services: ExportRun["services"]) =>
  [...entries]
    .flatMap((entry) => {
      const { accepted, doubt, last } = entry;
      const serviceId = services.get(entry.serviceId)?.gradientServiceId;
      if (!accepted || !serviceId) return [];
      // another number may have landed since, or still land
      if (doubt !== null && doubt.unitCount !== accepted.unitCount) return [];
      return [{ entry, serviceId, ...accepted, isMapped: last.outcome === "accepted" }];
    })
    .sort((a, b) => Number(b.isMapped) - Number(a.isMapped) || Number(b.at > a.at) - Number(b.at < a.at));

/**
 * Repeats an accepted count so that Gradient rebuilds its views, where the run's last call was not accepted or an
 * earlier run could not make such a call. Gradient holds this number already. Like every number it is noted as under
 * way before it is sent, and again before each repeat.
 */
export const rebuildViews = async (run: ExportRun): Promise<void> => {
  const { table, lease, halt, clock, token, services } = run;
  // a stopped run sends no new number, but what was accepted should be seen all the same
  const isRefused = () => ![undefined, "cancelled", "superseded", "overdue"].includes(halt.stop()?.reason);
  const { partnerId, mode, viewsRebuilt, acceptedLine } = lease.current();
  if (mode === "dry-run" || viewsRebuilt || !acceptedLine || !token || isRefused()) return;

  const number = bucketOf(acceptedLine.customerId, run.ledgerBits);
  let bucket: Bucket = await readBucket(table, { partnerId, bits: run.ledgerBits, number }, run.connectionId);
  const store = async (entry: LedgerEntry) => {
    const changed = { ...bucket, entries: new Map(bucket.entries).set(lineKey(entry), entry) };
    const { put, expect } = bucketWrite(changed);
    await table.put(put, expect);
    bucket = { ...changed, version: bucket.version + 1 };
  };

  /** Answers whether Gradient accepted it. */
  const repeat = async ({ entry, serviceId, unitCount }: ReturnType<typeof repeatable>[number]): Promise<boolean> => {
    const note = () =>
      store({ ...entry, doubt: { unitCount, until: new Date(clock.now() + landsWithinMs).toISOString() } });
    const mayGoOn = async () => {
      await lease.keep();
      if (!lease.isSafe() || isRefused()) return false;
      // if the worker dies after its last repeat, only this note tells until when that may land
      await note();
      return lease.isSafe();
    };
    if (!(await run.pacer.slot()) || !(await mayGoOn())) return false;
    const count = { serviceId, accountId: entry.customerId, unitCount, rebuildsViews: true };
    const { answer, wasInDoubt, sentAt: at } = await sendCount(run)(token.value, count, mayGoOn);
    const line = { customerId: entry.customerId, serviceId: entry.serviceId };
    await store(entryAfter(entry, { ...line, unitCount, answer, wasInDoubt, at }));
    halt.heed(answer);
    return answer.kind === "accepted";
  };

  const candidates = repeatable(bucket.entries.values(), services).slice(0, maxLines);
  for (const candidate of candidates) {
    if (isRefused()) break;
    if (!(await repeat(candidate))) continue;
    await lease.save((current) => ({ ...current, viewsRebuilt: true }));
    return;
  }
  logger.warn("views not rebuilt", { tried: candidates.length });
  // Without candidates all numbers are in doubt: the next run sends them again and rebuilds the views with that.
  // Otherwise the next run makes up for this call.
  if (candidates.length === 0) await lease.save((current) => ({ ...current, acceptedLine: null }));
};
