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

// as infra/constructs/usage-exports.ts sets it
const visibilityMs = 360_000;

/**
 * A FIFO queue with its worker: at most so many messages a batch and so many batches at a time, no window, and all
 * groups of a batch are locked until the whole of it has ended. Repeats of a message are dropped.
 */
export const fleetQueue = ({ clock, batchSize, maxConcurrency, queueMs, invoke }: Settings) => {
  let waiting: ExportTask[] = [];
  const locked = new Set<string>();
  const seen = new Set<string>();
  let running = 0;
  let sent = 0;

  const isFree = ({ partnerId }: ExportTask) => !locked.has(partnerId);
  const take = (): ExportTask[] => {
    const batch: ExportTask[] = [];
    for (const task of waiting) {
      if (batch.length === batchSize) break;
      if (isFree(task) && !batch.some(({ partnerId }) => partnerId === task.partnerId)) batch.push(task);
    }
    waiting = waiting.filter((task) => !batch.includes(task));
    return batch;
  };
  const handle = async (batch: ExportTask[]): Promise<void> => {
    const failed = await invoke(batch).catch(() => new Set(batch));
    running -= 1;
    for (const task of batch) {
      if (failed.has(task)) {
        // its group stays locked until it comes again
        clock.at(clock.now() + visibilityMs, () => {
          locked.delete(task.partnerId);
          waiting.unshift(task);
          poll();
        });
      } else locked.delete(task.partnerId);
    }
    poll();
  };
  const poll = (): void => {
    if (running >= maxConcurrency || !waiting.some(isFree)) return;
    running += 1;
    clock.at(clock.now() + queueMs(), () => {
      const batch = take();
      for (const { partnerId } of batch) locked.add(partnerId);
      if (batch.length > 0) void handle(batch);
      else running -= 1;
      poll();
    });
  };

  return {
    send: (task: ExportTask): void => {
      const key = `${task.partnerId}#${task.exportId}#${task.leg}`;
      if (seen.has(key)) return;
      seen.add(key);
      sent += 1;
      waiting.push(task);
      poll();
    },
    sent: () => sent,
  };
};
