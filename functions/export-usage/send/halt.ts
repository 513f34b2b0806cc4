import type { Line } from "#shared/exports/line";
import type { StopReason } from "#shared/exports/usage-export";
import type { CountAnswer } from "#shared/gradient/gradient-api";
import type { OpenWord } from "#shared/stored";

export type LineOfCall = Pick<Line, "customerId" | "serviceId">;

/** Why the run sends no more, and its remaining lines end without a call; `reason` is what the export keeps of it. */
export type Stop =
  /** Written into the export by somebody else: a person, a new token, or an earlier worker of this run. */
  | { kind: "told"; reason: OpenWord<StopReason> }
  /** What became of a refusal that a worker has met, or what stands in the way of everybody's calls. */
  | { kind: "blocked"; reason: StopReason }
  /** There is no token to send with, or the lines were planned for another connection. */
  | { kind: "not-connected"; reason: "not-connected" }
  /** Another version has begun the run, in a mode that only that version can carry. */
  | { kind: "unknown-mode"; reason: "unknown-mode" };

/** Why this worker goes no further, and leaves its lines to the next one. */
export interface Failure {
  kind: "failed";
  error: unknown;
}

/**
 * Gradient refused a call in a way that may concern more than its line. Nothing is settled before it is known whom it
 * concerns.
 */
export class Refusal extends Error {
  override name = "Refusal";
  readonly kind: "token-rejected" | "forbidden";
  /** When the refused call went out. */
  readonly sentAt: number;

  constructor(kind: "token-rejected" | "forbidden", sentAt: number) {
    super(`Gradient refused a call: ${kind}`);
    this.kind = kind;
    this.sentAt = sentAt;
  }
}

/** Gradient refuses the caller, and not only this count. */
export const isRefusal = ({ kind }: CountAnswer): boolean => kind === "token-rejected" || kind === "forbidden";

/** Whether calls may go out, and what keeps them from it. */
export interface Halt {
  /** Null while calls may go out. A failure hides a stop. */
  cause(): Stop | Failure | null;
  /** What this worker has met comes before what it was told. */
  stop(): Stop | null;
  /** The first that this worker meets stays. */
  meet(stop: Exclude<Stop, { kind: "told" }>): void;
  /** Goes no further where Gradient refuses not only this count. */
  heed(answer: CountAnswer, sentAt: number, line: LineOfCall): void;
  /** The lines at which it did. */
  refusedLines(): readonly LineOfCall[];
  /** The first failure stays. */
  fail(error: unknown): void;
  /** Throws what `fail` was told. */
  rethrow(): void;
}

/** `told` gives the reason that is written in the export now. */
export const newHalt = (told: () => OpenWord<StopReason> | null): Halt => {
  let met: Stop | null = null;
  let failure: Failure | null = null;
  const refusedLines: LineOfCall[] = [];

  const toldStop = (): Stop | null => {
    const reason = told();
    return reason && { kind: "told", reason };
  };
  const stop = () => met ?? toldStop();
  const fail: Halt["fail"] = (error) => {
    failure ??= { kind: "failed", error };
  };

  return {
    cause: () => failure ?? stop(),
    stop,
    meet: (given) => {
      met ??= given;
    },
    heed: ({ kind }, sentAt, line) => {
      if (kind !== "token-rejected" && kind !== "forbidden") return;
      refusedLines.push(line);
      // of several that were under way the last says most: somebody may have decided after the first had gone out
      const met = failure?.error;
      if (met instanceof Refusal && met.kind === kind && met.sentAt < sentAt) failure = null;
      fail(new Refusal(kind, sentAt));
    },
    refusedLines: () => refusedLines,
    fail,
    rethrow: () => {
      if (failure) throw failure.error;
    },
  };
};
