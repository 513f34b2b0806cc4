import type { Task } from "#shared/outbox/outbox";
import type { FleetClock } from "./fleet-clock.ts";

export type ExportTask = Extract<Task, { kind: "export-usage" }>;
export type AccountTask = Extract<Task, { kind: "sync-accounts" }>;

interface Settings<Message> {
  clock: FleetClock;
  batchSize: number;
  maxConcurrency: number;
  /** What has failed comes again after so long. */
  visibilityMs: number;
  /** From the queue to the invocation. */
  queueMs: () => number;
  /** Answers which messages failed. */
  invoke: (messages: Message[]) => Promise<Set<Message>>;
}

/**
 * A standard queue with its worker: at most so many messages a batch and so many batches at a time, and no window. What
 * has failed comes again.
 */
export const fleetQueue = <Message>(settings: Settings<Message>) => {
  const { clock, batchSize, maxConcurrency, visibilityMs, queueMs, invoke } = settings;
  const waiting: Message[] = [];
  let running = 0;
  let sent = 0;

  const handle = async (batch: Message[]): Promise<void> => {
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
    send: (task: Message): void => {
      sent += 1;
      waiting.push(task);
      poll();
    },
    sent: () => sent,
  };
};
