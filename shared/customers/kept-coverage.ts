import * as z from "zod";
import { instant } from "../identifier.ts";
import { partnerPk } from "../partners/partner.ts";
import { readableOf, readRow } from "../stored.ts";
import type { Key, Table } from "../table/table.ts";
import type { Coverage } from "./coverage.ts";

/**
 * With more customers than that, nobody can wait until the coverage is computed. So it is kept, as the last look has
 * found it; a look follows whatever changes it but measurements. Until that look, which trouble may hold for hours, it
 * is computed all the same where a person has left something out since.
 */
export const manyCustomers = 1_000;
/** As many gaps of accounts as are shown on one page; the others are listed one by one. */
export const maxGapsShown = 100;

const gap = z.object({
  id: z.string(),
  name: z.string(),
  unbilledUnits: z.int(),
  wasMappedAt: instant.nullable(),
  isKnown: z.boolean(),
});
const share = z.object({ total: z.int(), mapped: z.int(), unknown: z.int() });
const kept = z.object({
  at: instant,
  accounts: share,
  services: share,
  unbilledUnits: z.int(),
  leftOut: z.object({ accounts: z.int(), services: z.int(), trial: z.int(), notProvisioned: z.int() }),
  unmapped: z.object({ accounts: z.array(gap), services: z.array(gap) }),
  leftOutServices: z.array(gap),
});

const key = (partnerId: string): Key => ({ pk: partnerPk(partnerId), sk: "coverage" });

/** As the last look has kept it, whatever has changed since; `at`: when that look asked Gradient. */
export const findCoverage = async (
  table: Pick<Table, "get">,
  partnerId: string,
): Promise<(Coverage & { at: string }) | undefined> => {
  const item = await table.get(key(partnerId));
  // a version kept no such sum: a row of it counts as none, since 0 would be a number
  if (item?.unbilledUnits === undefined) return undefined;
  // whoever shows it computes it then, and the next look keeps it anew
  return readableOf([item], (row) => readRow(kept, row))[0];
};

/** The newest wins: whoever computes it reads everything anew. */
export const keepCoverage = (
  table: Pick<Table, "put">,
  partnerId: string,
  { unmapped, ...coverage }: Coverage,
  at: string,
): Promise<void> => {
  const shown = { ...unmapped, accounts: unmapped.accounts.slice(0, maxGapsShown) };
  return table.put({ ...key(partnerId), ...coverage, unmapped: shown, at, version: 1 });
};
