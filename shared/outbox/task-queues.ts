import type { Task } from "./outbox.ts";

/** Where tasks wait for their workers. Sending the same task twice is allowed: every worker bears it. */
export interface TaskQueues {
  send(task: Task): Promise<void>;
}

export type QueueUrls = Record<"accounts" | "catalogue" | "mail" | "on-demand" | "scheduled" | "disconnects", string>;
