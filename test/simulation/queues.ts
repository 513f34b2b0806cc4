import type { Task } from "#shared/outbox/outbox";
import type { End } from "./processes.ts";
import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";

interface Options {
  line: Timeline;
  random: Random;
  deliver: (task: Task, onEnd: (end: End) => void) => void;
}

// SQS forgets a deduplication id after five minutes
const dedupedMs = 300_000;
const maxReceives = 4;

/**
 * Queues that are worse than SQS: messages come late, out of order and twice, several of one export at a time. As with SQS, a repeated
 * deduplication id is dropped, and a message that keeps failing ends among the dead letters.
 */
export const fifo = ({ line, random, deliver }: Options) => {
  const seen = new Map<string, number>();
  /** The exports whose message failed too often. */
  const dead = new Set<string>();
  let isFair = false;

  const receive = (task: Task, receives: number): void => {
    deliver(task, (end) => {
      if (end.kind === "returned") return;
      if (receives >= maxReceives && task.kind === "export-usage") {
        dead.add(task.exportId);
        return;
      }
      const visibleMs = isFair ? 30_000 : random.pick([500, 5_000, 21_000, 40_000, 120_000]);
      line.at(line.now() + visibleMs, () => receive(task, receives + 1), true);
    });
  };

  return {
    dead,
    /** Delivers a message once more, however the first time went. */
    repeat: (task: Task): void => receive(task, 1),
    clear: () => {
      isFair = true;
    },
    add: (task: Task): void => {
      if (task.kind === "export-usage") {
        const id = `${task.exportId}-${task.leg}`;
        const last = seen.get(id);
        if (last !== undefined && line.now() - last < dedupedMs) return;
        seen.set(id, line.now());
      }
      const delay = () => random.pick([1, 20, 200, 3_000]) * (isFair ? 1 : 1 + random.next());
      line.at(line.now() + delay(), () => receive(task, 1), true);
      if (!isFair && random.chance(0.15)) line.at(line.now() + 10 * delay(), () => receive(task, 1), true);
    },
  };
};
