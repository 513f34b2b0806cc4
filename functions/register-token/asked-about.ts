import { unobstructed } from "#shared/breakers/obstructed";
import { typedToken } from "#shared/breakers/probes/typed-token";
import { AppError, isAppError, UnreadableRecord } from "#shared/errors";
import { logFailure } from "#shared/log-failure";
import { logger } from "#shared/logger";
import type { Table } from "#shared/table/table";

interface Dependencies {
  table: Pick<Table, "get" | "getMany" | "put">;
  now: () => Date;
}

const eitherKey = (cause: unknown) =>
  new AppError(
    "unavailable",
    "gradient.unavailable",
    "Gradient refuses the token, or the hub's own key, and which of them cannot be told at the moment. Nothing was changed; if another token is refused as well, try again later.",
    { cause },
  );

/**
 * Asks Gradient about a token that a person has brought; throws why, without a call, while everybody's calls are held.
 * But a token that is new may show that our own key is good, where that is not clear.
 */
export const askedAbout = ({ table, now }: Dependencies) => {
  const mayCall = unobstructed(table);
  const typed = typedToken({ table, now });

  /**
   * Nobody can read whether everybody's calls are held, and it may take hours until somebody has put it right. One call
   * of a person's is no burden for Gradient, and what it takes is proven; but what it refuses may be our own key.
   */
  const askUnread = async <T>(unread: UnreadableRecord, ask: () => Promise<T>): Promise<T> => {
    logFailure("a person's token is tried, though what holds the calls cannot be read", unread);
    try {
      return await ask();
    } catch (error) {
      throw isAppError(error, "token.rejected") ? eitherKey(error) : error;
    }
  };

  return async <T>({ partnerId, isNew }: { partnerId: string; isNew: boolean }, ask: () => Promise<T>): Promise<T> => {
    const obstruction = await mayCall(now()).catch((error: unknown) => error);
    if (obstruction === undefined) return ask();
    if (obstruction instanceof UnreadableRecord) return askUnread(obstruction, ask);
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
