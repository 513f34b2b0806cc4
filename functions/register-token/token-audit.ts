import { AppError, isAppError } from "#shared/errors";
import { type Actor, eventWrite } from "#shared/events/event";
import { checkTokenTries, readTokenTries, refusedTryWrite } from "#shared/integrations/token-tries";
import type { Changing } from "#shared/table/changing";
import { retryOnConflict } from "#shared/table/table";

interface Try {
  partnerId: string;
  by: Actor;
}

/** Counts tokens that Gradient refused, and tells the audit trail of every try that came to nothing. */
export const tokenAudit = ({ table, now, newId }: Changing<"get" | "transact">) => {
  const note = ({ partnerId, by }: Try, error: AppError) =>
    retryOnConflict(async () => {
      const time = now();
      const details = { result: error.code };
      await table.transact([
        eventWrite({ id: newId(), partnerId, type: "token.refused", at: time.toISOString(), details, ...by }),
        ...(error.code === "token.rejected" ? [refusedTryWrite(await readTokenTries(table, partnerId), time)] : []),
      ]);
    });

  return {
    /** One try of a person. Throws `token.cooldown` before Gradient is asked anything, and what the try throws. */
    tried: async <T>(its: Try, attempt: () => Promise<T>): Promise<T> => {
      checkTokenTries(await readTokenTries(table, its.partnerId), now());
      try {
        return await attempt();
      } catch (error) {
        // who has not started has no trail yet
        const isRefusal = error instanceof AppError && !isAppError(error, "integration.wrong-step");
        if (isRefusal) await note(its, error);
        throw error;
      }
    },
  };
};
