import * as z from "zod";
import { AppError } from "../errors.ts";
import { readRow } from "../stored.ts";
import { added, type Key, type Table, type Write } from "../table/table.ts";

/**
 * Rows that make a partner the only one with a token, and with a Gradient organization. The token's row is keyed by its
 * HMAC, never by the token.
 */
const claim = z.object({ partnerId: z.string(), version: z.number() });

export const tokenClaimKey = (fingerprint: string): Key => ({ pk: `token#${fingerprint}`, sk: "claim" });
export const organizationClaimKey = (organizationId: string): Key => ({
  pk: `gradient-organization#${organizationId}`,
  sk: "claim",
});

const inUse = () =>
  new AppError(
    "conflict",
    "token.in-use",
    "This token, or its Gradient organization, is connected to another partner. Take a key of your own Gradient organization, or have the other partner disconnect first.",
  );

/** The partner that holds the claim, if any. */
export const claimant = async (table: Pick<Table, "get">, key: Key): Promise<string | undefined> => {
  const item = await table.get(key);
  return item && readRow(claim, item).partnerId;
};

/**
 * Throws `token.in-use` when another partner holds it. Otherwise answers the write that takes it, or nothing if it is
 * ours.
 */
export const claimWrites = async (table: Pick<Table, "get">, key: Key, partnerId: string): Promise<Write[]> => {
  const holder = await claimant(table, key);
  if (holder === partnerId) return [];
  if (holder !== undefined) throw inUse();
  return [added({ ...key, partnerId })];
};

export const releaseClaim = (key: Key): Write => ({ delete: key });
