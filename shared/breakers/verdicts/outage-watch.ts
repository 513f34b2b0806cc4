import { AppError } from "../../errors.ts";
import { logger } from "../../logger.ts";
import { retryOnConflict } from "../../table/table.ts";
import { askAs, type Context } from "../state/asking.ts";
import { type Breaker, isOpen, opened, vendorBreaker } from "../state/breaker.ts";
import { outageWindow, windowMs } from "../state/outage-window.ts";
import { witnessOf } from "./candidates.ts";

/** What became of one call that the service made by itself. */
export interface Outcome {
  partnerId: string;
  /** `taken`: 2xx, 400, 404, 409. `answered`: 401, 403, 429. `failed`: 5xx, time-outs, resets. */
  outcome: "taken" | "answered" | "failed";
  /** When it was sent, in milliseconds since 1970. */
  at: number;
}

// then the calls that are judged next are others than those of before
const sparedMs = windowMs;
const alarmEveryMs = 15 * 60_000;

/**
 * Watches the calls of one process: remembers whose tokens are good, and opens our own breaker in an outage. Before
 * that Gradient is asked with one call: where it answers, what fails is a part of it, and everybody else goes on.
 */
export const outageWatch = (context: Context) => {
  const { clock, rows, successes, vendorKey } = context;
  const calls = outageWindow();
  let isJudging = false;
  let sparedUntil = Number.NEGATIVE_INFINITY;
  let alarmedAt = Number.NEGATIVE_INFINITY;

  /** Nobody to ask is no answer. */
  const isAnswered = async (vendor: Breaker, failing: string[]): Promise<boolean> => {
    const witness = await witnessOf(context, failing, vendor);
    if (witness === undefined) return false;
    const answer = await askAs(context, witness, await vendorKey.current());
    return answer !== "unanswered" && answer !== "token-missing";
  };

  const spare = (failing: string[]): void => {
    sparedUntil = clock.now() + sparedMs;
    if (clock.now() < alarmedAt + alarmEveryMs) return;
    alarmedAt = clock.now();
    logger.error("gradient answers, but fails many calls", { partners: failing.length, some: failing.slice(0, 5) });
  };

  /** `since`: when the breaker was changed before Gradient was asked. Who has decided meanwhile knows as much. */
  const open = async (since: string): Promise<void> => {
    const hasOpened = await retryOnConflict(async () => {
      const vendor = await rows.read(vendorBreaker);
      if (vendor.changedAt !== since || !calls.isOutage(clock.now())) return false;
      const rotation = await successes.list();
      const { changedAt } = await rows.put(opened(vendor, "gradient-down", clock.now(), { rotation }));
      calls.forgetUntil(Date.parse(changedAt));
      return true;
    });
    if (hasOpened) logger.warn("gradient is down", {});
  };

  const judge = async (): Promise<void> => {
    const vendor = await rows.read(vendorBreaker);
    // what was sent before the breaker was last closed is no evidence for another outage
    calls.forgetUntil(Date.parse(vendor.changedAt));
    if (isOpen(vendor) || !calls.isOutage(clock.now())) return;
    const failing = calls.failing(clock.now());
    await ((await isAnswered(vendor, failing)) ? spare(failing) : open(vendor.changedAt));
  };

  /**
   * A call's own end does not depend on what is noted of it: what cannot be written now is written with a later call.
   */
  const orLater = async (write: () => Promise<void>): Promise<void> => {
    try {
      await write();
    } catch (error) {
      logger.warn("a call's outcome could not be noted", { code: error instanceof AppError ? error.code : "unknown" });
    }
  };

  return async ({ partnerId, outcome, at }: Outcome): Promise<void> => {
    const hasFailed = outcome === "failed";
    calls.note({ partnerId, hasFailed, at });
    if (outcome === "taken") await orLater(() => successes.note(partnerId, at));
    if (!hasFailed || isJudging || clock.now() < sparedUntil || !calls.isOutage(clock.now())) return;
    isJudging = true;
    try {
      await orLater(judge);
    } finally {
      isJudging = false;
    }
  };
};
