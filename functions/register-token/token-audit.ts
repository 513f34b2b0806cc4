import { AppError, isAppError } from "#shared/errors";
import { type Actor, eventWrite } from "#shared/events/event";
import { readTokenTries, triedWrite, triesBusy, tryWrite } from "#shared/integrations/token-tries";
import { logFailure } from "#shared/log-failure";
import type { Changing } from "#shared/table/changing";
import { isConflict, retryOnConflict, type Write } from "#shared/table/table";

interface Try {
  partnerId: string;
  by: Actor;
}

/** Runs `ask` if one more token may be tried. */
type Limited = <R>(ask: () => Promise<R>) => Promise<R>;

/** Counts tokens that Gradient refused, and tells the audit trail of every try that came to nothing. */
export const tokenAudit = ({ table, now, newId }: Changing<"get" | "transact">) => {
  /** Taken before Gradient is asked, so that of many tries at the same time each sees the others. */
  const reserve = async (partnerId: string): Promise<string> => {
    const id = newId();
    try {
      await retryOnConflict(async () => table.transact([tryWrite(await readTokenTries(table, partnerId), id, now())]));
    } catch (error) {
      throw isConflict(error) ? triesBusy() : error;
    }
    return id;
  };

  const givenBack = async (partnerId: string, id: string | undefined, isRefused = false): Promise<Write[]> =>
    id === undefined ? [] : [triedWrite(await readTokenTries(table, partnerId), { id, isRefused }, now())];

  const note = ({ partnerId, by }: Try, error: AppError, id: string | undefined) =>
    retryOnConflict(async () => {
      const details = { result: error.code };
      await table.transact([
        eventWrite({ id: newId(), partnerId, type: "token.refused", at: now().toISOString(), details, ...by }),
        ...(await givenBack(partnerId, id, error.code === "token.rejected")),
      ]);
    });

  /** What became of the try does not hang on this: it lapses by itself. */
  const release = async (partnerId: string, id: string | undefined): Promise<void> => {
    if (id === undefined) return;
    try {
      await retryOnConflict(async () => table.transact(await givenBack(partnerId, id)));
    } catch (error) {
      logFailure("a try of a token could not be given back, it lapses", error);
    }
  };

  return {
    /**
     * One try of a person, who has five: `limited` throws `token.cooldown` before Gradient is asked anything. Throws
     * what the try throws.
     */
    tried: async <T>(its: Try, attempt: (limited: Limited) => Promise<T>): Promise<T> => {
      let id: string | undefined;
      try {
        const result = await attempt(async (ask) => {
          id = await reserve(its.partnerId);
          return ask();
        });
        await release(its.partnerId, id);
        return result;
      } catch (error) {
        // who has not started has no trail yet
        const isRefusal = error instanceof AppError && !isAppError(error, "integration.wrong-step");
        if (isRefusal) await note(its, error, id);
        else await release(its.partnerId, id);
        throw error;
      }
    },
  };
};
