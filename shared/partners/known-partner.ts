import { AppError } from "../errors.ts";
import type { Table } from "../table/table.ts";
import { findPartner, type Partner } from "./partner.ts";

/** The partner. Throws `partner.unknown` where the feed has not told of it yet. */
export const knownPartner = async (table: Pick<Table, "get">, id: string): Promise<Partner> => {
  const partner = await findPartner(table, id);
  if (partner) return partner;
  throw new AppError("not-found", "partner.unknown", "There is no such partner. Put the partner first.");
};
