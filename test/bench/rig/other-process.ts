import { fork } from "node:child_process";
import { youngHeapOption } from "#infra/export-workers";
import type { Reply } from "./answering.ts";

export interface OtherProcess {
  pid: number;
  ask<T>(name: string, given?: unknown): Promise<T>;
  stop(): void;
}

interface Options {
  env?: Record<string, string>;
  execArgv?: string[];
}

/**
 * What V8 gives itself on a machine of so much memory: half of it, and very young garbage apart. Here it would collect
 * much later.
 */
export const heapOf = (memoryMb: number, youngMb = Math.min(16, Math.ceil(memoryMb / 128))): string[] => [
  `--max-old-space-size=${Math.floor(memoryMb / 2)}`,
  youngHeapOption(youngMb),
];
export const smallHeap = heapOf(256);

/** A process of the bench that answers questions; it ends with this one. */
export const otherProcess = (file: string, { env = {}, execArgv = [] }: Options = {}): OtherProcess => {
  const child = fork(file, {
    env: { PATH: process.env.PATH ?? "", ...env },
    execArgv,
    // failures are logged to the second
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const waiting = new Map<number, (reply: Reply) => void>();
  let last = 0;
  child.on("message", (reply: Reply) => {
    waiting.get(reply.id)?.(reply);
    waiting.delete(reply.id);
  });
  child.on("exit", () => {
    for (const tell of waiting.values()) tell({ id: 0, failure: `${file} has ended` });
  });
  return {
    pid: child.pid ?? 0,
    ask: <T>(name: string, given?: unknown) =>
      new Promise<T>((resolve, reject) => {
        last += 1;
        waiting.set(last, ({ answer, failure }) => (failure ? reject(new Error(failure)) : resolve(answer as T)));
        child.send({ id: last, name, given });
      }),
    stop: () => child.kill("SIGKILL"),
  };
};
