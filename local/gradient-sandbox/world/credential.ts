import { createHash, randomBytes } from "node:crypto";
import type { Organization } from "./records.ts";
import type { StateStore } from "./state-store.ts";

export const newPartnerToken = (): string => randomBytes(24).toString("base64url");

export const hashToken = (token: string): string => createHash("sha256").update(token, "utf8").digest("hex");

/**
 * The partner that a `GRADIENT-TOKEN` header belongs to: standard Base64 of `vendorKey:partnerToken`. Both keys are
 * asked for everywhere; whether Gradient lets the vendor's own operations pass with one is not documented.
 */
export const organizationOf = (
  store: StateStore,
  vendorKey: string,
  header: string | string[] | undefined,
): Organization | undefined => {
  if (typeof header !== "string") return undefined;
  const bytes = Buffer.from(header, "base64");
  // Node also decodes text that only resembles Base64
  if (bytes.toString("base64") !== header) return undefined;
  const credential = bytes.toString("utf8");
  if (!credential.startsWith(`${vendorKey}:`)) return undefined;
  const hash = hashToken(credential.slice(vendorKey.length + 1));
  return [...store.read.organizations.values()].find(({ tokenHash }) => tokenHash === hash);
};
