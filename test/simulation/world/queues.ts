import type { Task } from "#shared/outbox/outbox";
import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";

/** What became of one message of a delivery: null when it is done with. */
export type Failed = ReadonlySet<Task>;

interface Options {
  line: Timeline;
  random: Random;
  isRough: () => boolean;
  /** Hands these messages to one process. `onEnd` is told once which of them are to come again. */
  deliver: (tasks: Task[], onEnd: (failed: Failed) => void) => void;
}

interface Message {
  task: Task;
  group: string;
  receives: number;
}

// SQS forgets a deduplication id after five minutes
const dedupedMs = 300_000;
const maxReceives = 4;
const batchSize = 10;
/** Workers of each lane that run at a time. */
const maxWorkers = { scheduled: 2, "on-demand": 5 } as const;
type Lane = keyof typeof maxWorkers;

/**
 * Queues that are worse than SQS: messages come late, out of order and twice, several of one export at a time. As with
 * SQS, a repeated deduplication id is dropped, a group is locked until its batch has ended, and a message that keeps
 * failing ends among the dead letters.
 */
export const queuesOf = ({ line, random, isRough, deliver }: Options) => {
  const seen = new Map<string, number>();
  const visible: Record<Lane, Message[]> = { scheduled: [], "on-demand": [] };
  const workers: Record<Lane, number> = { scheduled: 0, "on-demand": 0 };
  const locked = new Set<string>();
  let dead = 0;
  /** Messages that are not done with. */
  let waiting = 0;

  const later = (ms: number, happen: () => void) => line.at(line.now() + ms, happen, true);
  const visibleAgainMs = () => (isRough() ? random.pick([500, 5_000, 21_000, 40_000, 120_000]) : 30_000);
  const delay = () => random.pick([1, 20, 200, 3_000]) * (isRough() ? 1 + random.next() : 1);

  const again = (message: Message, receive: (message: Message) => void): void => {
    // nobody notices a lost export's message but the job that sees to runs; what else dies is put back by an operator
    if (message.receives >= maxReceives && message.task.kind === "export-usage") {
      dead += 1;
      waiting -= 1;
    } else later(visibleAgainMs(), () => receive({ ...message, receives: message.receives + 1 }));
  };

  const receiveLater = (ms: number, message: Message): void => {
    waiting += 1;
    later(ms, () => receiveAlone(message));
  };
  const receiveAlone = (message: Message): void =>
    deliver([message.task], (failed) => {
      if (failed.has(message.task)) again(message, receiveAlone);
      else waiting -= 1;
    });

  const poll = (lane: Lane): void => {
    if (workers[lane] >= maxWorkers[lane]) return;
    const batch: Message[] = [];
    for (const message of visible[lane]) {
      if (batch.length < batchSize && !locked.has(message.group)) {
        batch.push(message);
        locked.add(message.group);
      }
    }
    if (batch.length === 0) return;
    visible[lane] = visible[lane].filter((message) => !batch.includes(message));
    workers[lane] += 1;
    const tasks = batch.map(({ task }) => task);
    deliver(tasks, (failed) => {
      workers[lane] -= 1;
      for (const { group } of batch) locked.delete(group);
      for (const message of batch) {
        if (failed.has(message.task)) again(message, (its) => show(lane, its));
        else waiting -= 1;
      }
      poll(lane);
    });
    poll(lane);
  };
  const show = (lane: Lane, message: Message): void => {
    visible[lane].push(message);
    // what comes at about the same time is received together
    later(random.pick([0, 0, 50, 400]), () => poll(lane));
  };

  return {
    dead: () => dead,
    waiting: () => waiting,
    /** Delivers a message once more, however the first time went, and beside whatever runs. */
    repeat: (task: Task): void => receiveLater(0, { task, group: "", receives: 1 }),
    add: (task: Task): void => {
      if (task.kind !== "export-usage") {
        const message = { task, group: "", receives: 1 };
        receiveLater(delay(), message);
        if (isRough() && random.chance(0.15)) receiveLater(10 * delay(), message);
        return;
      }
      const { partnerId, exportId, leg, lane } = task;
      const id = `${partnerId}/${exportId}/${leg}`;
      const last = seen.get(id);
      if (last !== undefined && line.now() - last < dedupedMs) return;
      seen.set(id, line.now());
      const message = { task, group: `${lane}/${partnerId}`, receives: 1 };
      waiting += 1;
      later(delay(), () => show(lane, message));
      if (isRough() && random.chance(0.15)) receiveLater(10 * delay(), message);
    },
  };
};

export type Queues = ReturnType<typeof queuesOf>;
