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

/** Runs `ask` if one more token may be tried; throws `token.cooldown` otherwise, before Gradient is asked anything. */
type Limited = <R>(ask: () => Promise<R>) => Promise<R>;

/** One of a partner's tries. */
interface Taken {
  id: string;
  isRefused: boolean;
}

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

  const givenBack = async (partnerId: string, taken: Taken[]): Promise<Write[]> =>
    taken.length === 0 ? [] : [triedWrite(await readTokenTries(table, partnerId), taken, now())];

  const note = ({ partnerId, by }: Try, error: AppError, taken: Taken[]) =>
    retryOnConflict(async () => {
      const details = { result: error.code };
      await table.transact([
        eventWrite({ id: newId(), partnerId, type: "token.refused", at: now().toISOString(), details, ...by }),
        ...(await givenBack(partnerId, taken)),
      ]);
    });

  /** What became of the tries does not hang on this: they lapse by themselves. */
  const release = async (partnerId: string, taken: Taken[]): Promise<void> => {
    if (taken.length === 0) return;
    try {
      await retryOnConflict(async () => table.transact(await givenBack(partnerId, taken)));
    } catch (error) {
      logFailure("a try of a token could not be given back, it lapses", error);
    }
  };

  return {
    /**
     * What a person has pasted, which may be tried in more than one reading: each that Gradient refuses is one of five,
     * unless one of them is good. Throws what `attempt` throws.
     */
    tried: async <T>(its: Try, attempt: (limited: Limited) => Promise<T>): Promise<T> => {
      const taken: Taken[] = [];
      const limited: Limited = async (ask) => {
        const one = { id: await reserve(its.partnerId), isRefused: false };
        taken.push(one);
        try {
          return await ask();
        } catch (error) {
          one.isRefused = isAppError(error, "token.rejected");
          throw error;
        }
      };
      try {
        const result = await attempt(limited);
        for (const one of taken) one.isRefused = false;
        await release(its.partnerId, taken);
        return result;
      } catch (error) {
        // who has not started has no trail yet
        const isRefusal = error instanceof AppError && !isAppError(error, "integration.wrong-step");
        if (isRefusal) await note(its, error, taken);
        else await release(its.partnerId, taken);
        throw error;
      }
    },
  };
};
