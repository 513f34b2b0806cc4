import { exportWorkers } from "#infra/export-workers";
import type { Task } from "#shared/outbox/outbox";
import type { FleetClock } from "./fleet-clock.ts";

export type ExportTask = Extract<Task, { kind: "export-usage" }>;

interface Settings {
  clock: FleetClock;
  batchSize: number;
  maxConcurrency: number;
  /** From the queue to the invocation. */
  queueMs: () => number;
  /** Answers which messages failed. */
  invoke: (messages: ExportTask[]) => Promise<Set<ExportTask>>;
}

// a minute more than the worker may last, as infra/constructs/usage-exports.ts sets it
const visibilityMs = (exportWorkers.timeoutMinutes + 1) * 60_000;

/**
 * A standard queue with its worker: at most so many messages a batch and so many batches at a time, and no window. What
 * has failed comes again.
 */
export const fleetQueue = ({ clock, batchSize, maxConcurrency, queueMs, invoke }: Settings) => {
  const waiting: ExportTask[] = [];
  let running = 0;
  let sent = 0;

  const handle = async (batch: ExportTask[]): Promise<void> => {
    const failed = await invoke(batch).catch(() => new Set(batch));
    running -= 1;
    for (const task of failed) {
      clock.at(clock.now() + visibilityMs, () => {
        waiting.push(task);
        poll();
      });
    }
    poll();
  };
  const poll = (): void => {
    if (running >= maxConcurrency || waiting.length === 0) return;
    running += 1;
    clock.at(clock.now() + queueMs(), () => {
      const batch = waiting.splice(0, batchSize);
      if (batch.length > 0) void handle(batch);
      else running -= 1;
      poll();
    });
  };

  return {
    send: (task: ExportTask): void => {
      sent += 1;
      waiting.push(task);
      poll();
    },
    sent: () => sent,
  };
};
