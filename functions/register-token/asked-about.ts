import { unobstructed } from "#shared/breakers/obstructed";
import { typedToken } from "#shared/breakers/probes/typed-token";
import { isAppError } from "#shared/errors";
import { logger } from "#shared/logger";
import type { Table } from "#shared/table/table";

interface Dependencies {
  table: Pick<Table, "get" | "getMany" | "put">;
  now: () => Date;
}

/**
 * Asks Gradient about a token that a person has brought; throws why, without a call, while everybody's calls are held.
 * But a token that is new may show that our own key is good, where that is not clear.
 */
export const askedAbout = ({ table, now }: Dependencies) => {
  const mayCall = unobstructed(table);
  const typed = typedToken({ table, now });

  return async <T>({ partnerId, isNew }: { partnerId: string; isNew: boolean }, ask: () => Promise<T>): Promise<T> => {
    const obstruction = await mayCall(now()).catch((error: unknown) => error);
    if (obstruction === undefined) return ask();
    const ofOurKey = isAppError(obstruction, "gradient.vendor-key-rejected");
    const claim = ofOurKey && isNew ? await typed.claim() : undefined;
    if (claim === undefined) throw obstruction;
    try {
      const answer = await ask();
      await typed.taken(claim, partnerId);
      logger.info("a token that a person has brought shows that the vendor key is good", {});
      return answer;
    } catch (error) {
      // whose half of the credential was refused is as open as before
      throw isAppError(error, "token.rejected") ? obstruction : error;
    }
  };
};
