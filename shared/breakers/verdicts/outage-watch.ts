import { AppError } from "../../errors.ts";
import { logger } from "../../logger.ts";
import { retryOnConflict } from "../../table/table.ts";
import type { Context } from "../state/asking.ts";
import { isOpen, opened, vendorBreaker } from "../state/breaker.ts";
import { outageWindow } from "../state/outage-window.ts";

/** What became of one call that the service made by itself. */
export interface Outcome {
  partnerId: string;
  /** `taken`: 2xx, 400, 404, 409. `answered`: 401, 403, 429. `failed`: 5xx, time-outs, resets. */
  outcome: "taken" | "answered" | "failed";
  /** When it was sent, in milliseconds since 1970. */
  at: number;
}

/** Watches the calls of one process: remembers whose tokens are good, and opens our own breaker in an outage. */
export const outageWatch = ({ clock, rows, successes }: Pick<Context, "clock" | "rows" | "successes">) => {
  const calls = outageWindow();
  let isOpening = false;

  const open = async (): Promise<void> => {
    const hasOpened = await retryOnConflict(async () => {
      const vendor = await rows.read(vendorBreaker);
      // what was sent before the breaker was last closed is no evidence for another outage
      calls.forgetUntil(Date.parse(vendor.changedAt));
      if (isOpen(vendor) || !calls.isOutage(clock.now())) return false;
      const rotation = await successes.list();
      const { changedAt } = await rows.put(opened(vendor, "gradient-down", clock.now(), { rotation }));
      calls.forgetUntil(Date.parse(changedAt));
      return true;
    });
    if (hasOpened) logger.warn("gradient is down", {});
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
    if (!hasFailed || isOpening || !calls.isOutage(clock.now())) return;
    isOpening = true;
    try {
      await orLater(open);
    } finally {
      isOpening = false;
    }
  };
};
