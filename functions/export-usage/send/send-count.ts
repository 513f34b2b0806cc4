import type { CountAnswer, GradientApi, UnitCount } from "#shared/gradient/gradient-api";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import type { Clock } from "#shared/pace/clock";
import type { Pacer } from "#shared/pace/pacer";

interface Dependencies {
  gradient: Pick<GradientApi, "setUnitCount">;
  pacer: Pacer;
  clock: Clock;
  /** 0 to 1, to spread repeats. */
  random: () => number;
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
// Refusals for the rate cost nothing but time, and the pacer slows down with each.
const maxThrottled = 12;

/**
 * Sends one number, for which the caller has taken a slot, until Gradient gives a final answer or it has been tried
 * often enough. Every repeat takes a slot of its own. `mayGoOn` is asked right before each, and can deny it.
 */
export const sendCount =
  ({ gradient, pacer, clock, random }: Dependencies) =>
  async (token: PartnerToken, count: UnitCount, mayGoOn: () => Promise<boolean>): Promise<CountResult> => {
    let unanswered = 0;
    let throttled = 0;
    for (;;) {
      const sentAt = clock.now();
      const answer = await gradient.setUnitCount(token, count);
      if (answer.kind === "in-doubt") {
        unanswered += 1;
      } else if (answer.kind === "throttled") {
        throttled += 1;
        await pacer.slowDown(answer.retryAfterMs);
      }
      const isFinal = answer.kind !== "in-doubt" && answer.kind !== "throttled";
      if (isFinal || unanswered >= maxUnanswered || throttled >= maxThrottled) {
        return { answer, wasInDoubt: unanswered > 0, sentAt };
      }
      const pauseMs = answer.kind === "in-doubt" ? firstPauseMs * 3 ** (unanswered - 1) : 0;
      if (pauseMs > 0) await clock.sleep(Math.min(pauseMs, maxPauseMs) * (0.5 + random()));
      const goes = (await mayGoOn()) && (await pacer.slot().catch(() => false));
      // the wait for the slot may have been long
      if (!goes || !(await mayGoOn())) return { answer, wasInDoubt: unanswered > 0, sentAt };
    }
  };
