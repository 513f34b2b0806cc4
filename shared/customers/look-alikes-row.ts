import { hash } from "node:crypto";
import * as z from "zod";
import { partnerPk } from "../partners/partner.ts";
import { readableOf, readRow } from "../stored.ts";
import type { Key, Table } from "../table/table.ts";
import type { Customer } from "./customer.ts";

const lookAlike = z.object({
  /** The first of the group's customers. */
  customerIds: z.array(z.string()),
  /** How many further ones are in the group. */
  more: z.int(),
  why: z.string(),
  whatToDo: z.string(),
});
export type LookAlike = z.infer<typeof lookAlike>;

const lookAlikes = z.object({
  /** The most alike first. */
  groups: z.array(lookAlike),
  /** How many further groups there are. */
  more: z.int(),
});
/** Customers that a person may take for one another when mapping them. */
export type LookAlikes = z.infer<typeof lookAlikes>;

export const noLookAlikes: LookAlikes = { groups: [], more: 0 };

const key = (partnerId: string): Key => ({ pk: partnerPk(partnerId), sk: "look-alikes" });

// another one whenever the sentences become others, which are kept with the groups
const wording = 2;

/** Other names have another one: what was computed from them holds as long as it is the same. */
export const digestOfNames = (customers: Pick<Customer, "id" | "name">[]): string =>
  hash("sha256", JSON.stringify([wording, ...customers.map(({ id, name }) => [id, name])]), "base64url");

/** Undefined where they were never kept, or cannot be read any more: the next look keeps them anew. */
export const findLookAlikes = async (table: Pick<Table, "get">, partnerId: string): Promise<LookAlikes | undefined> => {
  const item = await table.get(key(partnerId));
  return item && readableOf([item], (row) => readRow(lookAlikes, row))[0];
};

/** The newest wins: whoever computes them reads all names anew. */
export const keepLookAlikes = (table: Pick<Table, "put">, partnerId: string, found: LookAlikes): Promise<void> =>
  table.put({ ...key(partnerId), ...found, version: 1 });
