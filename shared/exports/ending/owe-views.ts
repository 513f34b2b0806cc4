import { isConflict, store, type Table } from "../../table/table.ts";
import { bucketOf, bucketWrite, type Ledger, lineKey, readBucket } from "../../usage/ledger.ts";
import type { UsageExport } from "../usage-export.ts";

type Shown = Pick<UsageExport, "mode" | "viewsRebuilt" | "acceptedLine">;

/** Gradient holds numbers of the run, and was not asked to show them. */
export const owesViews = ({ mode, viewsRebuilt, acceptedLine }: Shown): boolean =>
  mode !== "dry-run" && !viewsRebuilt && acceptedLine !== null;

/**
 * A run that was stopped before Gradient was asked to rebuild its views owes it its last accepted count: the run that
 * follows sends that one again, and ends as every run does. `mayWrite`, asked after the row is read, throws where
 * somebody else has the run by now.
 */
export const oweViews = async (
  table: Pick<Table, "get" | "put">,
  ledger: Ledger,
  run: Shown,
  mayWrite: () => Promise<void> = async () => undefined,
): Promise<void> => {
  const { acceptedLine } = run;
  if (!owesViews(run) || acceptedLine === null) return;
  const { partnerId, bits, connectionId } = ledger;
  const place = { partnerId, bits, number: bucketOf(acceptedLine.customerId, bits) };
  for (;;) {
    const bucket = await readBucket(table, place, connectionId);
    const entry = bucket.entries.get(lineKey(acceptedLine));
    if (!entry || entry.owed !== null) return;
    await mayWrite();
    const entries = new Map(bucket.entries).set(lineKey(acceptedLine), { ...entry, owed: "stopped" as const });
    try {
      return await store(table, bucketWrite({ ...bucket, entries }));
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
  }
};
