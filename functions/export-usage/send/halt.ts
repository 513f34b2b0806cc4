import type { StopReason } from "#shared/exports/usage-export";
import type { CountAnswer } from "#shared/gradient/gradient-api";
import type { OpenWord } from "#shared/stored";

/** Why the run sends no more, so that its remaining lines end without a call. The export keeps the `reason`. */
export type Stop =
  /**
   * Read in the export: a person, a run that sends more, the recovery or an earlier worker of this run has written it.
   */
  | { kind: "told"; reason: OpenWord<StopReason> }
  /** Gradient's answer to a call of this worker; every other call would get the same. */
  | { kind: "refused"; reason: "token-rejected" | "forbidden" }
  /** Nobody under this limiter key may call since an earlier 403. */
  | { kind: "slots-denied"; reason: "forbidden" }
  /** There is no token to send with, or the lines were planned for another connection. */
  | { kind: "not-connected"; reason: "not-connected" }
  /** Another version has begun the run, in a mode that only that version can carry. */
  | { kind: "unknown-mode"; reason: "unknown-mode" };

/** Why this worker goes no further and leaves its lines to the next one. */
export interface Failure {
  kind: "failed";
  error: unknown;
}

/** Whether calls may go out, and what keeps them from it. */
export interface Halt {
  /** Null while calls may go out. A failure comes before a stop. */
  cause(): Stop | Failure | null;
  /** What this worker has met comes before what it was told. A failure does not hide it. */
  stop(): Stop | null;
  /** The first that this worker meets stays. */
  meet(stop: Exclude<Stop, { kind: "told" }>): void;
  /** Stops the run if the answer refuses every call, not only this count. */
  heed(answer: CountAnswer): void;
  /** The first failure stays. */
  fail(error: unknown): void;
  /** Throws what `fail` was told. */
  rethrow(): void;
}

/** `told` gives the reason that is written in the export now. */
export const newHalt = (told: () => OpenWord<StopReason> | null): Halt => {
  let met: Stop | null = null;
  let failure: Failure | null = null;

  const toldStop = (): Stop | null => {
    const reason = told();
    return reason && { kind: "told", reason };
  };
  const stop = () => met ?? toldStop();
  const meet: Halt["meet"] = (given) => {
    met ??= given;
  };

  return {
    cause: () => failure ?? stop(),
    stop,
    meet,
    heed: ({ kind }) => {
      if (kind === "token-rejected" || kind === "forbidden") meet({ kind: "refused", reason: kind });
    },
    fail: (error) => {
      failure ??= { kind: "failed", error };
    },
    rethrow: () => {
      if (failure) throw failure.error;
    },
  };
};
