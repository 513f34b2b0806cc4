import type { UsageExport } from "#shared/exports/usage-export";
import { logFailure } from "#shared/log-failure";
import type { TaskQueues } from "#shared/outbox/task-queues";
import type { SendUsage } from "./start-export.ts";

/**
 * Wakes the worker of what has begun without waiting for the outbox's relay, a quarter of a second that somebody sits
 * through. It is only a hint: the owed message comes as well and finds the run taken, and where this one is lost, the
 * run begins with that.
 */
export const hastened =
  (start: (request: SendUsage) => Promise<UsageExport>, queues: TaskQueues) =>
  async (request: SendUsage): Promise<UsageExport> => {
    const started = await start(request);
    const { id: exportId, partnerId, lane, leg } = started;
    try {
      await queues.send({ kind: "export-usage", lane, partnerId, exportId, leg });
    } catch (error) {
      logFailure("the run begins with its owed message", error);
    }
    return started;
  };
