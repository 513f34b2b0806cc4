import { AppError } from "#shared/errors";
import { callTimeoutMs, landsWithinMs as fencedMs } from "#shared/gradient/lost-calls";
import { conflict } from "#shared/table/table";
import type { Fate, Faults, Process, StepKind } from "./processes.ts";
import type { Random } from "./random.ts";

/** What becomes of one call to Gradient, as far as it is not Gradient's own doing. */
export interface CallFate {
  dies: "before" | "after" | null;
  /** When it reaches Gradient; null: never. */
  reachesMs: number | null;
  /**
   * What its sender hears: Gradient's answer, or another one. `reset`: the connection breaks. `unsent`: there never was
   * one.
   */
  hears: "answer" | "throttled" | "refused" | "failed" | "reset" | "unsent";
  answersMs: number;
  pauseMs: number;
}

export interface Weather extends Faults {
  callFate(process: Process, isCount: boolean): CallFate;
}

// what the engine is built to bear: a call may land this long after its sender gave it up
const landsLateMs = 60_000;
export const landsWithinMs = callTimeoutMs + landsLateMs;
if (landsWithinMs > fencedMs) throw new Error("A call may land later than the engine waits for it");

const quick: Fate = { dies: null, failure: null, reachesMs: 1, answersMs: 0, pauseMs: 0 };
const quickCall: CallFate = { dies: null, reachesMs: 20, hears: "answer", answersMs: 40, pauseMs: 0 };

/** Everything works at once. */
export const fairWeather: Weather = { fateOf: () => quick, callFate: () => quickCall };

/**
 * How often each fault comes. One that always comes with others hides what it alone would break, so most histories have
 * few.
 */
export interface Rates {
  dies: number;
  down: number;
  loses: number;
  pauses: number;
  slow: number;
  unanswered: number;
  throttled: number;
  refused: number;
  vendorKeyLost: number;
}

export const someRates = (random: Random, isShort: boolean): Rates => {
  // a short history has few steps: what comes rarely would not come in it
  const rate = (high: number) => random.pick([0, 0, isShort ? high / 2 : high / 5, high]);
  return {
    dies: rate(0.03),
    down: rate(0.08),
    loses: rate(0.06),
    pauses: rate(0.02),
    slow: rate(0.3),
    unanswered: isShort ? random.pick([0, 0.1, 0.3, 0.5]) : rate(0.5),
    throttled: rate(0.2),
    refused: rate(0.1),
    vendorKeyLost: rate(0.01),
  };
};

const downOf: Record<StepKind, () => AppError> = {
  read: () => new AppError("unavailable", "table.unavailable", "down"),
  write: () => new AppError("unavailable", "table.unavailable", "down"),
  queue: () => new AppError("unavailable", "queue.unavailable", "down"),
  vault: () => new AppError("unavailable", "secrets.unavailable", "down"),
  mail: () => new AppError("unavailable", "mail.unavailable", "down"),
  gradient: () => new AppError("unavailable", "gradient.unavailable", "down"),
};

/** Faults at these rates, whenever `isRough` says so. */
export const changingWeather = (rates: Rates, isRough: () => boolean): Weather => {
  const deaths = ({ random }: Process): Fate["dies"] =>
    random.chance(rates.dies) ? random.pick(["before", "after"]) : null;
  const pause = ({ random }: Process) =>
    random.chance(rates.pauses) ? random.pick([500, 6_000, 17_000, 30_000, 80_000, 160_000]) : 0;
  const latency = ({ random }: Process) =>
    random.chance(rates.slow) ? random.pick([30, 300, 3_000, 25_000]) * random.next() : 1 + random.next();

  const unanswered = ({ random }: Process): Pick<CallFate, "reachesMs" | "hears" | "answersMs"> => ({
    answersMs: random.pick([30, 500, callTimeoutMs]),
    reachesMs: random.pick([null, 10, callTimeoutMs * random.next(), landsWithinMs * random.next(), landsWithinMs - 1]),
    hears: random.pick(["failed", "reset", "reset"]),
  });
  const answered = ({ random }: Process, isCount: boolean): Pick<CallFate, "reachesMs" | "hears" | "answersMs"> => {
    if (random.chance(rates.throttled)) return { hears: "throttled", reachesMs: null, answersMs: 30 };
    if (isCount && random.chance(rates.refused)) return { hears: "refused", reachesMs: null, answersMs: 30 };
    if (random.chance(rates.vendorKeyLost)) return { hears: "unsent", reachesMs: null, answersMs: 1 };
    const answersMs = random.chance(rates.slow) ? callTimeoutMs * random.next() : random.between(20, 200);
    return { hears: "answer", reachesMs: answersMs * random.next(), answersMs };
  };

  return {
    fateOf: (process, kind) => {
      if (!isRough()) return quick;
      const { random } = process;
      const fate: Fate = {
        dies: deaths(process),
        failure: null,
        reachesMs: latency(process),
        answersMs: random.chance(rates.slow) ? latency(process) : 0,
        pauseMs: pause(process),
      };
      if (random.chance(rates.down))
        fate.failure = { error: downOf[kind](), isDone: kind !== "read" && random.chance(0.5) };
      // done and lost: the first answer went missing, and the repeat that the SDK makes by itself found the row changed
      else if (kind === "write" && random.chance(rates.loses))
        fate.failure = { error: conflict(), isDone: random.chance(0.5) };
      return fate;
    },
    callFate: (process, isCount) => {
      if (!isRough()) return quickCall;
      const { random } = process;
      // reading and setting up is only disturbed at times: otherwise hardly anything would come to counting
      const isLost = random.chance(isCount ? rates.unanswered : rates.down);
      return {
        dies: deaths(process),
        pauseMs: pause(process),
        ...(isLost ? unanswered(process) : answered(process, isCount)),
      };
    },
  };
};
