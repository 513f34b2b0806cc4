import { AppError } from "#shared/errors";
import type { CountAnswer, CountClient, SentCount, UnitCount } from "#shared/gradient/gradient-api";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import type { Clock } from "#shared/pace/clock";
import type { Pacer } from "#shared/pace/pacer";

interface Dependencies {
  gradient: CountClient;
  pacer: Pacer;
  clock: Clock;
  /** 0 to 1, to spread repeats. */
  random: () => number;
  onAnswer: (answer: CountAnswer, sentAt: number) => void;
}

export interface CountResult {
  answer: CountAnswer;
  /** Some attempt went without an answer and may still land. */
  wasInDoubt: boolean;
  /** When the last attempt went out. */
  sentAt: number;
}

// A failing Gradient is left alone after five repeats within some 13 s: the next run sends what is left. With one call
// in seven failing, that leaves one line in a hundred thousand behind.
const maxUnanswered = 6;
const firstPauseMs = 400;
const maxPauseMs = 4_000;
// Refusals for the rate cost nothing but time, and everybody slows down with each.
const maxThrottled = 12;

/**
 * Sends one number until Gradient gives a final answer or it has been tried often enough; null when it never went out.
 * `mayGo` is asked right before each attempt, with its slot in hand, `mayRepeat` before a repeat waits for one; both
 * can deny it.
 */
export const sendCount =
  ({ gradient, pacer, clock, random, onAnswer }: Dependencies) =>
  async (
    token: PartnerToken,
    count: UnitCount,
    mayGo: () => Promise<boolean>,
    mayRepeat = mayGo,
  ): Promise<CountResult | null> => {
    const { setUnitCount } = gradient.as({ pacer, mayGo });
    let unanswered = 0;
    let throttled = 0;
    let last: CountResult | null = null;

    const attempt = async (): Promise<SentCount> => {
      try {
        return await setUnitCount(token, count);
      } catch (error) {
        // no slot and no key, but an answer that must not be lost
        if (last === null || !(error instanceof AppError)) throw error;
        return { kind: "not-sent" };
      }
    };

    for (;;) {
      const answer = await attempt();
      if (answer.kind === "not-sent") return last;
      onAnswer(answer, answer.sentAt);
      if (answer.kind === "in-doubt") unanswered += 1;
      if (answer.kind === "throttled") throttled += 1;
      last = { answer, wasInDoubt: unanswered > 0, sentAt: answer.sentAt };
      const isFinal = answer.kind !== "in-doubt" && answer.kind !== "throttled";
      if (isFinal || unanswered >= maxUnanswered || throttled >= maxThrottled) return last;
      const pauseMs = answer.kind === "in-doubt" ? firstPauseMs * 3 ** (unanswered - 1) : 0;
      if (pauseMs > 0) await clock.sleep(Math.min(pauseMs, maxPauseMs) * (0.5 + random()));
      // takes no slot that it would not use
      if (!(await mayRepeat())) return last;
    }
  };
