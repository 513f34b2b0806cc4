import { createHmac } from "node:crypto";
import * as z from "zod";

// Gradient documents no shape, so no more is asked than what the composed header can bear:
// printable ASCII without the space, and without the colon that parts the two keys.
const shape = /^[\x21-\x39\x3b-\x7e]{16,256}$/;

export const partnerTokenShape = "16 to 256 printable ASCII characters without spaces or colons";

export const partnerToken = z
  .string()
  .regex(shape, `A Gradient token has ${partnerTokenShape}.`)
  .brand<"PartnerToken">();
/** A partner's own half of Gradient's credential. Secret: in no log, queue, mail, error or table. */
export type PartnerToken = z.infer<typeof partnerToken>;

/** Tells equal tokens apart from different ones without keeping them: HMAC-SHA-256, hexadecimal. */
export const tokenFingerprint = (token: PartnerToken, hashKey: string): string =>
  createHmac("sha256", hashKey).update(token).digest("hex");

/**
 * The value of Gradient's `GRADIENT-TOKEN` header. It exposes the vendor-wide key: compose it per call, never keep it.
 */
export const gradientTokenHeader = (vendorKey: string, token: PartnerToken): string =>
  Buffer.from(`${vendorKey}:${token}`, "utf8").toString("base64");
