import { type FunctionProcess, type FunctionSettings, type Outcome, startFunctionProcess } from "./function-process.ts";

/** A function of the template, in as many processes as it needs and no more than three. */
export interface LocalFunction {
  name: string;
  invoke(event: unknown): Promise<Outcome>;
  close(): void;
}

interface PoolOptions {
  settings: FunctionSettings;
  /** Told after every invocation. */
  onOutcome(outcome: Outcome): void;
}

const processLimit = 3;
// a warm process usually is free again sooner than a new one has started
const patienceMs = 25;
// long enough for the schedule that comes every minute, short enough to give a laptop its memory back
const idleLimitMs = 5 * 60 * 1000;

export const functionPool = ({ settings, onOutcome }: PoolOptions): LocalFunction => {
  const processes = new Set<FunctionProcess>();
  const idle: { process: FunctionProcess; reaper: NodeJS.Timeout }[] = [];
  const waiting: ((process: FunctionProcess) => void)[] = [];
  let isClosed = false;

  const drop = (process: FunctionProcess) => {
    processes.delete(process);
    process.end();
  };

  const startOne = (): FunctionProcess => {
    const process = startFunctionProcess(settings);
    processes.add(process);
    return process;
  };

  const startForWaiting = () => {
    for (const process of processes) {
      if (!process.isAlive()) {
        drop(process);
      }
    }
    if (!isClosed && waiting.length > 0 && processes.size < processLimit) {
      waiting.shift()?.(startOne());
    }
  };

  const acquire = (): FunctionProcess | Promise<FunctionProcess> => {
    for (let found = idle.pop(); found !== undefined; found = idle.pop()) {
      clearTimeout(found.reaper);
      if (found.process.isAlive()) {
        return found.process;
      }
      drop(found.process);
    }
    if (processes.size === 0) {
      return startOne();
    }
    return new Promise((resolve) => {
      waiting.push(resolve);
      setTimeout(startForWaiting, patienceMs);
    });
  };

  const release = (process: FunctionProcess) => {
    if (isClosed || !process.isAlive()) {
      drop(process);
      startForWaiting();
      return;
    }
    const next = waiting.shift();
    if (next !== undefined) {
      next(process);
      return;
    }
    const reaper = setTimeout(() => {
      idle.splice(
        idle.findIndex((each) => each.process === process),
        1,
      );
      drop(process);
    }, idleLimitMs);
    idle.push({ process, reaper: reaper.unref() });
  };

  return {
    name: settings.name,
    invoke: async (event) => {
      const process = await acquire();
      const outcome = await process.invoke(event);
      release(process);
      if (!isClosed) {
        onOutcome(outcome);
      }
      return outcome;
    },
    close: () => {
      isClosed = true;
      for (const process of processes) {
        drop(process);
      }
    },
  };
};
