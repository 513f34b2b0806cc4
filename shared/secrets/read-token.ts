import { AppError, isAppError } from "../errors.ts";
import type { PartnerToken } from "../gradient/gradient-token.ts";
import type { Clock } from "../pace/clock.ts";
import type { TokenVault } from "./token-vault.ts";

// Secrets Manager is eventually consistent: a version that was stored a moment ago may not be found yet. That takes
// seconds; minutes are heard of.
const againAfterMs = [250, 500, 1_000, 2_000];
const newForMs = 10 * 60_000;

/** Whether Gradient took the token so lately that it may have been stored a moment ago; `now` in milliseconds. */
export const isNew = (checkedAt: string, now: number): boolean => now < Date.parse(checkedAt) + newForMs;

/**
 * The token that a partner's record names. Throws what `TokenVault.read` throws, but of a new one that is not found
 * after some seconds `secrets.unavailable` (unavailable) instead of `token.missing`.
 */
export const readToken = async (
  { vault, clock }: { vault: Pick<TokenVault, "read">; clock: Clock },
  { secretName, versionId, checkedAt }: { secretName: string; versionId: string; checkedAt: string },
): Promise<PartnerToken> => {
  for (let tries = 0; ; tries += 1) {
    try {
      return await vault.read(secretName, versionId);
    } catch (error) {
      if (!isAppError(error, "token.missing") || !isNew(checkedAt, clock.now())) throw error;
      const pause = againAfterMs[tries];
      if (pause === undefined) {
        const detail = "The partner's Gradient token was stored a moment ago, and is not found yet.";
        throw new AppError("unavailable", "secrets.unavailable", detail, { cause: error });
      }
      await clock.sleep(pause);
    }
  }
};
