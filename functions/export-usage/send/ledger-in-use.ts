import { type Bucket, readBucket } from "#shared/usage/ledger";
import type { ExportRun } from "./export-run.ts";

/** The rows of the ledger that the chunks under way need. Each is read once, and kept as it was written last. */
export const ledgerInUse = ({ table, lease, ledgerBits: bits, connectionId }: ExportRun) => {
  const { partnerId } = lease.current();
  const rows = new Map<number, Bucket>();
  /** As each row was written last, be it forgotten since. */
  const versions = new Map<number, number>();

  const read = async (number: number): Promise<Bucket> => {
    for (;;) {
      const known = rows.get(number);
      if (known) return known;
      const row = await readBucket(table, { partnerId, bits, number }, connectionId);
      // written while the answer was on its way, it is an older one
      if (rows.has(number) || row.version < (versions.get(number) ?? 0)) continue;
      rows.set(number, row);
      return row;
    }
  };

  return {
    /**
     * A row to be written soon. Throws `LeaseLost` when the run has another worker by now. That is asked after the
     * reading: where the row was read as the other worker wrote it, the condition on its version would hold.
     */
    row: async (number: number): Promise<Bucket> => {
      const row = await read(number);
      await lease.keep();
      return row;
    },
    written: (row: Bucket): void => {
      rows.set(row.number, row);
      versions.set(row.number, row.version);
    },
    forget: (number: number): void => void rows.delete(number),
  };
};

export type LedgerInUse = ReturnType<typeof ledgerInUse>;
