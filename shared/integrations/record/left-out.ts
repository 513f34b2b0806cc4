import * as z from "zod";
import { instant } from "../../identifier.ts";
import { partnerPk } from "../../partners/partner.ts";
import { readRow } from "../../stored.ts";
import { type Key, type RowWrite, type Table, versioned } from "../../table/table.ts";

/** A person's decision that something is not to be billed, in that person's words. */
export const leftOut = z.object({ note: z.string(), by: z.string(), at: instant });
export type LeftOut = z.infer<typeof leftOut>;

const row = z.object({
  partnerId: z.string(),
  services: z.array(leftOut.extend({ id: z.string() })),
  version: z.number(),
});
/**
 * Why a partner's services are left out. Which ones they are stands in the partner's record as well, for whoever counts
 * or sends; both are written in one transaction.
 */
export type LeftOutServices = z.infer<typeof row>;

const key = (partnerId: string): Key => ({ pk: partnerPk(partnerId), sk: "left-out-services" });

export const findLeftOutServices = async (table: Pick<Table, "get">, partnerId: string): Promise<LeftOutServices> => {
  const item = await table.get(key(partnerId));
  return item ? readRow(row, item) : { partnerId, services: [], version: 0 };
};

export const leftOutServicesWrite = (value: LeftOutServices): RowWrite =>
  versioned({ ...value, ...key(value.partnerId) });
