import * as z from "zod";
import { instant } from "../identifier.ts";
import { partnerPk } from "../partners/partner.ts";
import { readRow } from "../stored.ts";
import { type Key, retryOnConflict, store, type Table, versioned } from "../table/table.ts";

const lastMeasured = z.object({ at: instant, version: z.number() });

const key = (partnerId: string): Key => ({ pk: partnerPk(partnerId), sk: "last-measured" });

/** The newest moment at which any count of the partner was true; undefined where none was noted. */
export const findLastMeasured = async (table: Pick<Table, "get">, partnerId: string): Promise<string | undefined> => {
  const row = await table.get(key(partnerId));
  return row && readRow(lastMeasured, row).at;
};

/** Notes it once the counts are stored: of 20,000 customers nobody could look for it while a caller waits. */
export const noteMeasured = (table: Pick<Table, "get" | "put">, partnerId: string, at: string): Promise<void> =>
  retryOnConflict(async () => {
    const row = await table.get(key(partnerId));
    const before = row ? readRow(lastMeasured, row) : { at: "", version: 0 };
    if (at > before.at) await store(table, versioned({ ...key(partnerId), at, version: before.version }));
  });
