import type { Integration } from "../../integrations/integration.ts";
import type { Breaker } from "./breaker.ts";

/** A 401 or 403 of Gradient, with everything that it is about. */
export interface Refusal {
  partnerId: string;
  /** The version of the partner's token that it was sent with. */
  tokenVersionId: string;
  /** Gradient's id of the connection that it was sent to. */
  connectionId: string;
  vendorKeyVersion: string;
  /** When it was sent, in milliseconds since 1970. */
  sentAt: number;
}

interface Now {
  integration: Integration | undefined;
  partner: Breaker;
  vendor: Breaker;
  keyVersion: string;
}

/**
 * It still says something: nothing that it is about has been replaced, and it was sent after anybody last decided on
 * the matter. Of a suspended partner nothing is left to decide: who has disconnected in Gradient keeps a token that
 * counts as valid, and its owner was told to bring another.
 */
export const isCurrent = (refusal: Refusal, { integration, partner, vendor, keyVersion }: Now): boolean =>
  integration?.token?.status === "valid" &&
  integration.state !== "suspended" &&
  integration.token.versionId === refusal.tokenVersionId &&
  integration.gradient?.integrationId === refusal.connectionId &&
  keyVersion === refusal.vendorKeyVersion &&
  refusal.sentAt > Date.parse(partner.changedAt) &&
  refusal.sentAt > Date.parse(vendor.changedAt);

/**
 * The breaker is about the token that the partner has now, which Gradient has not refused for good yet, and with which
 * something would be sent.
 */
export const isAbout = (
  { tokenVersionId }: Breaker,
  integration: Integration | undefined,
): integration is Integration =>
  integration?.token?.status === "valid" &&
  integration.token.versionId === tokenVersionId &&
  integration.state !== "suspended" &&
  integration.state !== "disconnected";
