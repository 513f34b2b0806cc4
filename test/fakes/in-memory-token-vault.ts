import { AppError } from "#shared/errors";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import type { TokenVault } from "#shared/secrets/token-vault";

export interface InMemoryTokenVault extends TokenVault {
  /** The names under which something is kept. */
  names(): string[];
  /** Every version of one secret, oldest first. */
  versions(secretName: string): PartnerToken[];
  /** The next call that has to reach the store throws `secrets.unavailable`. */
  failNext(): void;
  /** So many reads do not find what is there, as may be for a moment after it was stored. */
  missNext(reads: number): void;
}

export const inMemoryTokenVault = (): InMemoryTokenVault => {
  const secrets = new Map<string, PartnerToken[]>();
  let failing = 0;
  let missing = 0;

  const reach = () => {
    if (failing === 0) return;
    failing -= 1;
    throw new AppError("unavailable", "secrets.unavailable", "The secret store cannot be reached at the moment.");
  };

  return {
    names: () => [...secrets.keys()],
    versions: (secretName) => [...(secrets.get(secretName) ?? [])],
    failNext: () => {
      failing += 1;
    },
    missNext: (reads) => {
      missing = reads;
    },
    store: async (secretName, token) => {
      reach();
      const versions = secrets.get(secretName) ?? [];
      if (!versions.includes(token)) versions.push(token);
      secrets.set(secretName, versions);
      return { versionId: `version-${versions.indexOf(token) + 1}` };
    },
    read: async (secretName, versionId) => {
      reach();
      const token = secrets.get(secretName)?.[Number(versionId.replace("version-", "")) - 1];
      if (token === undefined || missing > 0) {
        missing = Math.max(0, missing - 1);
        throw new AppError("not-found", "token.missing", "The partner's Gradient token is not stored any more.");
      }
      return token;
    },
    forget: () => undefined,
    remove: async (secretName) => {
      reach();
      secrets.delete(secretName);
    },
  };
};
