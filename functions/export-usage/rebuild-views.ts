import { logger } from "#shared/logger";
import { bucketOf, bucketWrite, type LedgerEntry, lineKey, readBucket } from "#shared/usage/ledger";
import { entryAfter } from "#shared/usage/line-decision";
import { sendCount } from "#shared/usage/send-count";
import type { ExportRun } from "./export-run.ts";

/**
 * Repeats one accepted count so that Gradient rebuilds its views, where the run's last call was not accepted. The number is the one
 * that Gradient holds already; it is noted as under way before it is sent, as every number is.
 */
export const rebuildViews = async (run: ExportRun): Promise<void> => {
  const { table, lease, halt, clock, token, landsWithinMs } = run;
  // no further number is sent once a run is stopped, but what was accepted is to be seen all the same
  const isRefused = () => ![null, "cancelled", "superseded", "overdue"].includes(halt.stop());
  const { partnerId, mode, viewsRebuilt, acceptedLine, totals } = lease.current();
  if (mode === "dry-run" || viewsRebuilt || totals.accepted === 0 || !acceptedLine || !token || isRefused()) return;

  const { customerId, serviceId } = acceptedLine;
  const number = bucketOf(customerId, run.ledgerBits);
  const bucket = await readBucket(table, { partnerId, bits: run.ledgerBits, number }, run.connectionId);
  const entry = bucket.entries.get(lineKey(acceptedLine));
  const gradientServiceId = run.services.get(serviceId)?.gradientServiceId;
  if (!entry?.accepted || !gradientServiceId) return;
  const { unitCount } = entry.accepted;
  const isFenced = entry.doubt && Date.parse(entry.doubt.until) > clock.now() && entry.doubt.unitCount !== unitCount;
  if (isFenced) return;

  const store = async (changed: LedgerEntry, version: number) => {
    const entries = new Map(bucket.entries).set(lineKey(changed), changed);
    const { put, expect } = bucketWrite({ ...bucket, entries, version });
    await table.put(put, expect);
  };
  if (!(await run.pacer.slot())) return;
  const until = new Date(clock.now() + landsWithinMs).toISOString();
  await store({ ...entry, doubt: { unitCount, until } }, bucket.version);

  const mayGoOn = async () => {
    await lease.keep();
    return lease.isSafe() && !isRefused();
  };
  // the slot and the write may have been long in coming
  if (!(await mayGoOn())) return;
  const count = { serviceId: gradientServiceId, accountId: customerId, unitCount, rebuildsViews: true };
  const { answer, wasInDoubt, sentAt: at } = await sendCount(run)(token, count, mayGoOn);
  const sent = { customerId, serviceId, unitCount, answer, wasInDoubt, at, landsWithinMs };
  await store(entryAfter(entry, sent), bucket.version + 1);
  if (answer.kind === "accepted") await lease.save((current) => ({ ...current, viewsRebuilt: true }));
  else logger.warn("views not rebuilt", { answer: answer.kind });
};
