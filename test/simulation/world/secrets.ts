import type { PartnerToken } from "#shared/gradient/gradient-token";
import type { Clock } from "#shared/pace/clock";
import type { VendorKey, VendorKeyVersion } from "#shared/secrets/vendor-key";

// as long as a process answers from memory
const cacheMs = 5 * 60_000;

/** No two secrets have a version of the same name. */
export const versionOf = (name: string, index: number): string => `version-${index + 1}-of-${name}`;

interface Kept {
  text: Promise<VendorKeyVersion>;
  until: number;
}

/** What is kept in Secrets Manager: the partners' tokens by name and version, and, by `vendorKey`, our own key. */
export const secretStore = () => {
  const tokens = new Map<string, PartnerToken[]>();
  /** What the last process of each kind has kept of our key: the next one may be the same, woken again. */
  const warm = new Map<string, Kept>();

  return {
    /** Answers the version; the same token has the same again. */
    store: (name: string, token: PartnerToken): string => {
      const versions = tokens.get(name) ?? [];
      if (!versions.includes(token)) versions.push(token);
      tokens.set(name, versions);
      return versionOf(name, versions.indexOf(token));
    },
    find: (name: string, versionId: string): PartnerToken | undefined =>
      tokens.get(name)?.find((_, index) => versionOf(name, index) === versionId),
    /** Whichever secret it is in. */
    ofVersion: (versionId: string): PartnerToken | undefined => {
      for (const [name, versions] of tokens)
        for (const [index, token] of versions.entries()) if (versionOf(name, index) === versionId) return token;
      return undefined;
    },
    remove: (name: string): void => void tokens.delete(name),
    names: () => [...tokens.keys()],
    /** Our key as one process knows it. */
    vendorKeyOf: (
      what: string,
      clock: Clock,
      { isWarm, read }: { isWarm: boolean; read: () => Promise<VendorKeyVersion> },
    ): VendorKey => {
      let kept = isWarm ? warm.get(what) : undefined;
      return {
        current: () => {
          if (kept !== undefined && clock.now() < kept.until) return kept.text;
          const fresh = { text: read(), until: clock.now() + cacheMs };
          kept = fresh;
          fresh.text.then(
            () => warm.set(what, fresh),
            () => {
              if (kept === fresh) kept = undefined;
            },
          );
          return fresh.text;
        },
        forget: () => {
          kept = undefined;
          warm.delete(what);
        },
      };
    },
  };
};

export type Secrets = ReturnType<typeof secretStore>;
