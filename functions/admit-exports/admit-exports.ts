import type { Breakers } from "#shared/breakers/breakers";
import { throwAll } from "#shared/errors";
import { admitNext } from "#shared/exports/admission/admit";
import type { Admitting } from "#shared/exports/admission/find-candidate";
import { countQueue } from "#shared/exports/admission/queue-estimate";
import type { Closing } from "#shared/exports/ending/close-export";
import { releaseWants } from "./release-wants.ts";
import { resumeExports } from "./resume-exports.ts";

interface Dependencies extends Admitting, Closing {
  probeDue: Breakers["probeDue"];
  linesPerSecond: number;
}

type Report = Record<"admitted" | "resumed" | "closed" | "waiting", number>;

const reserveMs = 10_000;

/**
 * Every minute: sees to runs that nobody is at, wakes a worker for whoever is to be sent something and has not been
 * taken on, and asks Gradient whether what stood in the way is over. A worker with room admits further runs by itself.
 */
export const admitExports = (dependencies: Dependencies) => {
  const admit = admitNext(dependencies);
  const resume = resumeExports(dependencies);
  const release = releaseWants(dependencies);
  const count = countQueue(dependencies);

  return async (invocation: { remainingMs: () => number }): Promise<Report> => {
    const hasTime = () => invocation.remainingMs() > reserveMs;
    let admitted = 0;
    // its message wakes one worker, which takes on all others
    const admitOne = async () => {
      if (hasTime() && (await admit(null))) admitted += 1;
    };
    let hasClosed = false;
    const probe = () =>
      dependencies.probeDue({
        until: () => !hasTime(),
        release: async (closed) => {
          await release(closed);
          hasClosed = true;
        },
      });
    // what goes wrong in one step keeps the others from nothing; it is told of in the end
    const failures: unknown[] = [];
    const attempt = async <T>(step: () => Promise<T>, otherwise: T): Promise<T> => {
      try {
        return await step();
      } catch (error) {
        failures.push(error);
        return otherwise;
      }
    };
    const seenTo = await attempt(() => resume(invocation), { resumed: 0, closed: 0 });
    await attempt(admitOne, undefined);
    const waiting = hasTime() ? await attempt(() => count({ hasTime }), 0) : 0;
    await attempt(probe, undefined);
    if (hasClosed) await attempt(admitOne, undefined);
    throwAll(failures);
    return { ...seenTo, admitted, waiting };
  };
};
