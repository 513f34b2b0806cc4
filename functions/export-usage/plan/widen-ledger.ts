import { LeaseLost } from "#shared/exports/export-lease";
import { pack } from "#shared/table/packed";
import { isConflict, type Table } from "#shared/table/table";
import {
  type Bucket,
  bucketOf,
  bucketWrite,
  entriesElsewhere,
  type Ledger,
  type LedgerEntry,
  ledgerRows,
  lineKey,
  readBucket,
} from "#shared/usage/ledger";

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
  const rowOf = ({ customerId }: LedgerEntry) => bucketOf(customerId, bits);
  for await (const row of ledgerRows(table, ledger)) {
    const { partnerId, connectionId } = row;
    const parts = Map.groupBy(row.entries.values(), rowOf);
    const before = entriesElsewhere(row).map((held) => ({ ...held, parts: Map.groupBy(held.entries, rowOf) }));
    const numbers = new Set([...parts.keys(), ...before.flatMap((held) => [...held.parts.keys()])]);
    await Promise.all(
      [...numbers].map((number) => {
        const entries = new Map((parts.get(number) ?? []).map((entry) => [lineKey(entry), entry]));
        const elsewhere = before.flatMap((held) => {
          const its = held.parts.get(number);
          return its ? [{ connectionId: held.connectionId, packed: pack(its) }] : [];
        });
        const widened = { partnerId, bits, number, connectionId, entries, ...(elsewhere.length > 0 && { elsewhere }) };
        return storeWidened(table, widened, isInUse);
      }),
    );
  }
};
