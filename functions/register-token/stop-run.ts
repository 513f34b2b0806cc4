import { type Closing, closingAbandoned } from "#shared/exports/ending/close-export";
import { givenUp, runUnderWay } from "#shared/exports/ending/unread-run";
import { exportWrite, isHeld, isOver } from "#shared/exports/usage-export";
import type { Integration } from "#shared/integrations/integration";
import type { Write } from "#shared/table/table";

/**
 * No further line is sent with the token before. A worker that is at it reads that at its next checkpoint; a run that
 * nobody is at is closed here, so that it keeps nobody from the next one.
 */
export const stoppingRun = (dependencies: Closing) => {
  const { table, now } = dependencies;
  const closeAbandoned = closingAbandoned(dependencies);
  return async (
    before: Integration | undefined,
    updated: Integration,
  ): Promise<{ freed: Integration; stopWrites: Write[] }> => {
    const { running, unread } = before ? await runUnderWay(table, before, now()) : {};
    if (unread) {
      const { after, writes } = givenUp(updated, unread, now().toISOString());
      return { freed: after, stopWrites: writes };
    }
    if (!running || isOver(running)) return { freed: updated, stopWrites: [] };
    const stop = running.stop ?? "not-connected";
    if (isHeld(running, now())) return { freed: updated, stopWrites: [exportWrite({ ...running, stop })] };
    const { after, writes } = await closeAbandoned(running, updated, stop);
    return { freed: after, stopWrites: writes };
  };
};
