import type { PartnerToken } from "../gradient/gradient-token.ts";

/**
 * Where partner tokens are kept. All throw `secrets.unavailable` (unavailable) while the store cannot be reached, and
 * an `InfrastructureFault` where it refuses the call.
 */
export interface TokenVault {
  /** Stores the token as a new version; the same token stored again gives the same version. */
  store(secretName: string, token: PartnerToken): Promise<{ versionId: string }>;
  /** Exactly this version. Throws `token.missing` (not-found) when it is gone. */
  read(secretName: string, versionId: string): Promise<PartnerToken>;
  /** Drops what is cached of a secret, for instance after Gradient's 401. */
  forget(secretName: string): void;
  /** Deletes the secret, which can be brought back for some days; one that is gone already is fine. */
  remove(secretName: string): Promise<void>;
}
