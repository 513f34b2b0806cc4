import { AppError } from "#shared/errors";
import type { CountAnswer } from "#shared/gradient/gradient-api";
import { conflict } from "#shared/table/table";
import type { Fate, Faults } from "./processes.ts";
import type { Random } from "./random.ts";

/** What becomes of one count: when it lands (null: never), and what its sender hears and when. */
export interface PostFate {
  dies: "before" | "after" | null;
  /** It could not even be sent: the vendor key was not to be had. */
  fails: boolean;
  landsMs: number | null;
  /** Null: the truth. */
  answer: CountAnswer | null;
  answersMs: number;
  pauseMs: number;
}

export interface Weather extends Faults {
  postFate(): PostFate;
  /** From now on everything works. */
  clear(): void;
}

export const callTimeoutMs = 8_000;
// what the engine is built to bear: a call may land this long after its sender gave it up
const landsLateMs = 60_000;
export const landsWithinMs = callTimeoutMs + landsLateMs;

const quick: Fate = { dies: null, failure: null, reachesMs: 1, answersMs: 0, pauseMs: 0 };
const quickPost: PostFate = { dies: null, fails: false, landsMs: 20, answer: null, answersMs: 40, pauseMs: 0 };

/** Everything works at once. */
export const fairWeather: Weather = { fateOf: () => quick, postFate: () => quickPost, clear: () => undefined };

const tableDown = () => new AppError("unavailable", "table.unavailable", "down");
const queueDown = () => new AppError("unavailable", "queue.unavailable", "down");
const vaultDown = () => new AppError("unavailable", "secrets.unavailable", "down");
const gradientDown = () => new AppError("unavailable", "gradient.unavailable", "down");

const inDoubt: CountAnswer = { kind: "in-doubt", reason: "no answer" };

/** Faults at rates that differ from seed to seed: a fault that always comes with others hides what it alone would break. */
export const changingWeather = (random: Random): Weather => {
  let isClear = false;
  const rate = (high: number) => random.pick([0, 0, high / 5, high]);
  const dies = rate(0.03);
  const down = rate(0.08);
  const loses = rate(0.06);
  const pauses = rate(0.02);
  const slow = rate(0.3);
  const unanswered = rate(0.5);
  const throttled = rate(0.2);
  const refused = rate(0.1);
  const forbidden = rate(0.01);
  const vendorKeyLost = rate(0.01);

  const deaths = (): Fate["dies"] => (random.chance(dies) ? random.pick(["before", "after"]) : null);
  const pause = () => (random.chance(pauses) ? random.pick([500, 6_000, 17_000, 30_000, 80_000, 160_000]) : 0);
  const latency = () =>
    random.chance(slow) ? random.pick([30, 300, 3_000, 25_000]) * random.next() : 1 + random.next();

  const unansweredPost = (): Pick<PostFate, "landsMs" | "answer" | "answersMs"> => {
    const answersMs = random.pick([30, 500, callTimeoutMs]);
    const landsMs = random.pick([
      null,
      10,
      callTimeoutMs * random.next(),
      landsWithinMs * random.next(),
      landsWithinMs - 1,
    ]);
    return { answer: inDoubt, landsMs, answersMs };
  };
  const answeredPost = (): Pick<PostFate, "landsMs" | "answer" | "answersMs"> => {
    if (random.chance(throttled)) {
      const retryAfterMs = random.pick([null, null, 1_000, 5_000]);
      return { answer: { kind: "throttled", retryAfterMs }, landsMs: null, answersMs: 30 };
    }
    if (random.chance(refused)) return { answer: { kind: "rejected", message: "no" }, landsMs: null, answersMs: 30 };
    if (random.chance(forbidden)) return { answer: { kind: "forbidden" }, landsMs: null, answersMs: 30 };
    const answersMs = random.chance(slow) ? callTimeoutMs * random.next() : random.between(20, 200);
    return { answer: null, landsMs: answersMs * random.next(), answersMs };
  };

  return {
    fateOf: (_process, kind) => {
      if (isClear) return quick;
      const fate: Fate = { dies: deaths(), failure: null, reachesMs: latency(), answersMs: 0, pauseMs: pause() };
      if (random.chance(slow)) fate.answersMs = latency();
      if (random.chance(down)) {
        const isDone = random.chance(0.5);
        if (kind === "read") fate.failure = { error: tableDown(), isDone: false };
        else if (kind === "write") fate.failure = { error: tableDown(), isDone };
        else if (kind === "queue") fate.failure = { error: queueDown(), isDone };
        else if (kind === "vault") fate.failure = { error: vaultDown(), isDone };
        else fate.failure = { error: gradientDown(), isDone };
      } else if (kind === "write" && random.chance(loses)) {
        // done and lost: the first answer went missing, and the repeat that the SDK makes by itself found the row changed
        fate.failure = { error: conflict(), isDone: random.chance(0.5) };
      }
      return fate;
    },
    postFate: () => {
      if (isClear) return quickPost;
      const sent = random.chance(unanswered) ? unansweredPost() : answeredPost();
      return { dies: deaths(), fails: random.chance(vendorKeyLost), pauseMs: pause(), ...sent };
    },
    clear: () => {
      isClear = true;
    },
  };
};
