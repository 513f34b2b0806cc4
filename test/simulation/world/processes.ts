import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";

/** One running function: it can die between any two of its steps, be held up, and its clock may be a little off. */
export interface Process {
  /** What it does, and for whom. */
  readonly what: string;
  /** The same, and the how manyth of its kind it is. */
  readonly name: string;
  readonly startedAt: number;
  readonly skewMs: number;
  /** Its own chances: what befalls it does not depend on how many steps others make. */
  readonly random: Random;
  isAlive: boolean;
  /** Nothing that it waits for reaches it before. */
  pausedUntil: number;
  /**
   * What Gradient has refused to it, our key and a partner's, when, and when that was sent by its own clock; until
   * somebody hears that they are good.
   */
  readonly refusedKeys: Map<string, { reachedAt: number; stampedAt: number }>;
  /** It has read a token. One that was stored anew is news, though its text may be the same. */
  noteToken(name: string, versionId: string, token: string): void;
  end(end: End): void;
}

export type End = { kind: "returned"; value: string } | { kind: "threw"; error: unknown } | { kind: "died" };

/** What is called: a row read or written, a task queued, a secret, a mail; Gradient where no wire is modelled. */
export type StepKind = "read" | "write" | "queue" | "vault" | "mail" | "gradient";

/** What becomes of one step. */
export interface Fate {
  /** The process dies right before the call leaves it, or right after. */
  dies: "before" | "after" | null;
  /** Answered instead of the truth; `isDone` tells whether the step had its effect. */
  failure: { error: Error; isDone: boolean } | null;
  /** How long until the effect, and from there to the answer. */
  reachesMs: number;
  answersMs: number;
  /** From the answer on the process stands still for so long. */
  pauseMs: number;
}

export interface Faults {
  fateOf(process: Process, kind: StepKind): Fate;
}

export interface Spawning {
  /** What it does, and for whom. */
  what: string;
  skewMs?: number;
  /** Killed when it runs longer. */
  lifeMs: number;
  main: (process: Process) => Promise<string>;
  onEnd?: (end: End) => void;
}

/** Told what happens; the text is only made when somebody listens. */
export type Trace = (text: () => string) => void;

interface Dependencies {
  line: Timeline;
  random: Random;
  faults: Faults;
  trace: Trace;
}

const settledPromise = (promise: Promise<unknown>) => void promise.catch(() => undefined);

export const processes = ({ line, random, faults, trace }: Dependencies) => {
  const alive = new Set<Process>();
  const counted = new Map<string, number>();

  const kill = (process: Process) => process.end({ kind: "died" });

  /** Goes on in the process at that time, unless it is dead by then, or later if it stands still. */
  const resume = (process: Process, at: number, goOn: () => void): void => {
    line.at(
      at,
      () => {
        if (!process.isAlive) return;
        if (process.pausedUntil > line.now()) resume(process, process.pausedUntil, goOn);
        else goOn();
      },
      true,
    );
  };

  const spawn = ({ what, skewMs = 0, lifeMs, main, onEnd }: Spawning): Process => {
    const count = (counted.get(what) ?? 0) + 1;
    counted.set(what, count);
    const name = `${what} ${count}`;
    /** Where it has read each token. */
    const places = new Map<string, string>();
    const process: Process = {
      what,
      name,
      startedAt: line.now(),
      skewMs,
      random: random.fork(name),
      isAlive: true,
      pausedUntil: 0,
      refusedKeys: new Map(),
      noteToken: (secret, versionId, token) => {
        const place = `${secret} ${versionId}`;
        const before = places.get(token);
        places.set(token, place);
        if (before === undefined || before === place) return;
        for (const key of process.refusedKeys.keys()) if (key.endsWith(`:${token}`)) process.refusedKeys.delete(key);
      },
      end: (end) => {
        if (!process.isAlive) return;
        process.isAlive = false;
        alive.delete(process);
        trace(
          () => `${name} ${end.kind === "returned" ? end.value : end.kind === "threw" ? `threw ${end.error}` : "died"}`,
        );
        onEnd?.(end);
      },
    };
    alive.add(process);
    trace(() => `${name} starts`);
    line.at(line.now() + lifeMs, () => kill(process), false);
    main(process).then(
      (value) => process.end({ kind: "returned", value }),
      (error: unknown) => process.end({ kind: "threw", error }),
    );
    return process;
  };

  /** One step. A dead process's steps never leave it, and nothing ever reaches it. */
  const call = <T>(process: Process, kind: StepKind, what: () => string, effect: () => Promise<T>): Promise<T> =>
    new Promise((resolve) => {
      if (!process.isAlive) return;
      const { dies, failure, reachesMs, answersMs, pauseMs } = faults.fateOf(process, kind);
      if (dies === "before") {
        trace(() => `${process.name} dies before ${what()}`);
        kill(process);
        return;
      }
      if (dies === "after") {
        trace(() => `${process.name} dies after ${what()}`);
        kill(process);
      }
      const takeEffect = (): Promise<T> => {
        const isDone = failure === null || failure.isDone;
        const result = isDone ? effect() : undefined;
        if (result) settledPromise(result);
        trace(() => `${process.name} ${what()}${failure ? ` ${failure.error.message}${isDone ? " (done)" : ""}` : ""}`);
        if (failure === null && result) return result;
        const refused: Promise<T> = Promise.reject(failure?.error);
        settledPromise(refused);
        return refused;
      };
      const answer = (result: Promise<T>) => {
        if (pauseMs > 0 && process.isAlive) {
          trace(() => `${process.name} stands still for ${pauseMs} ms`);
          process.pausedUntil = line.now() + pauseMs;
          resume(process, process.pausedUntil, () => resolve(result));
        } else resolve(result);
      };
      const effectAt = line.now() + reachesMs;
      if (answersMs === 0) {
        line.at(
          effectAt,
          () => {
            const result = takeEffect();
            if (process.pausedUntil > line.now()) resume(process, process.pausedUntil, () => answer(result));
            else if (process.isAlive) answer(result);
          },
          true,
        );
        return;
      }
      line.at(
        effectAt,
        () => {
          const result = takeEffect();
          resume(process, line.now() + answersMs, () => answer(result));
        },
        false,
      );
    });

  return {
    alive,
    spawn,
    call,
    kill,
    resume,
    sleep: (process: Process, ms: number): Promise<void> =>
      new Promise((resolve) => {
        if (process.isAlive) resume(process, line.now() + Math.max(0, ms), resolve);
      }),
  };
};

export type Processes = ReturnType<typeof processes>;
