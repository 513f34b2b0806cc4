import { LeaseLost } from "#shared/exports/export-lease";
import { isConflict, type Table } from "#shared/table/table";
import { type Bucket, bucketOf, bucketWrite, type Ledger, ledgerRows, lineKey, readBucket } from "#shared/usage/ledger";

/**
 * Throws `LeaseLost` when the ledger has moved to this many bits by now: what was read for the row is outdated then.
 */
const storeWidened = async (
  table: Pick<Table, "get" | "put">,
  row: Omit<Bucket, "version">,
  isInUse: () => Promise<boolean>,
): Promise<void> => {
  for (let version = 0; ; ) {
    const { put, expect } = bucketWrite({ ...row, version });
    try {
      return await table.put(put, expect);
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
    // the row is left from an attempt that died, or another worker was quicker
    ({ version } = await readBucket(table, row, row.connectionId));
    if (await isInUse()) throw new LeaseLost();
  }
};

/**
 * Moves a partner's ledger into more rows, each old one into rows of its own. Nobody reads the new rows before the
 * integration names the new number of bits, so a crash leaves the old ones in force and the next attempt writes the new
 * ones again.
 */
export const widenLedger = async (
  table: Pick<Table, "query" | "get" | "put">,
  ledger: Ledger,
  bits: number,
  isInUse: () => Promise<boolean>,
): Promise<void> => {
  for await (const { partnerId, connectionId, entries: all } of ledgerRows(table, ledger)) {
    const parts = Map.groupBy(all.values(), ({ customerId }) => bucketOf(customerId, bits));
    await Promise.all(
      [...parts].map(([number, part]) => {
        const entries = new Map(part.map((entry) => [lineKey(entry), entry]));
        return storeWidened(table, { partnerId, bits, number, connectionId, entries }, isInUse);
      }),
    );
  }
};
