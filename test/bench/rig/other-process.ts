import { fork } from "node:child_process";
import type { Reply } from "./answering.ts";

export interface OtherProcess {
  ask<T>(name: string, given?: unknown): Promise<T>;
  stop(): void;
}

interface Options {
  env?: Record<string, string>;
  execArgv?: string[];
}

// What V8 gives itself on a machine of 256 MB: half of it, and very young garbage apart. Here it would collect much later.
export const smallHeap = ["--max-old-space-size=128", "--max-semi-space-size=2"];

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
    ask: <T>(name: string, given?: unknown) =>
      new Promise<T>((resolve, reject) => {
        last += 1;
        waiting.set(last, ({ answer, failure }) => (failure ? reject(new Error(failure)) : resolve(answer as T)));
        child.send({ id: last, name, given });
      }),
    stop: () => child.kill("SIGKILL"),
  };
};
