import { logger } from "../../logger.ts";
import type { Clock } from "../../pace/clock.ts";
import { retryOnConflict, written } from "../../table/table.ts";
import type { Context } from "../state/asking.ts";
import { type Breaker, forToken, opened, unchanged } from "../state/breaker.ts";
import type { Refusal } from "../state/refusal.ts";
import type { Confirmation, SettleDoubt } from "./settle-doubt.ts";
import { standingOf } from "./standing.ts";

// what goes wrong in Gradient for a moment is over by then
const breathMs = 5_000;
// a quarter of a worker's lease
const aliveEveryMs = 5_000;

/** Calls `keepAlive` for as long as `work` lasts. The work ends in any case: it is under a claim of its own. */
const keptAlive = async <T>(work: Promise<T>, keepAlive: () => Promise<void>, clock: Clock): Promise<T> => {
  let isOver = false;
  const end = work.finally(() => {
    isOver = true;
  });
  const settled = end.then(
    () => undefined,
    () => undefined,
  );
  try {
    while (!isOver) {
      await keepAlive();
      await Promise.race([settled, clock.sleep(aliveEveryMs)]);
    }
  } finally {
    await settled;
  }
  return end;
};

/**
 * After a 401 on a count, a look or a re-check of a token that was good. The partner is held at once, and nobody gets a
 * mail before Gradient has refused the token again while it took another partner's. Nothing that a person types comes
 * here.
 */
export const confirmRejection = (context: Context, settle: SettleDoubt) => {
  const { clock, rows, vendorKey } = context;
  const doubt = (refusal: Refusal): Promise<Breaker | Confirmation> =>
    retryOnConflict(async () => {
      // This process may have kept a key that was replaced minutes ago. One that was held up before it could write has
      // read it too early as well: what it is told next was decided under another.
      vendorKey.forget();
      const { tokenVersionId } = refusal;
      const standing = await standingOf(context, refusal);
      if (typeof standing === "string") return standing === "partner" ? "undecided" : standing;
      const { partner, vendor } = standing;
      const doubted = opened(forToken(partner, tokenVersionId), "doubted", clock.now());
      await rows.transact([doubted], [unchanged(vendor)]);
      return written(doubted);
    });

  return async (refusal: Refusal, keepAlive: () => Promise<void>): Promise<Confirmation> => {
    const held = await doubt(refusal);
    if (typeof held === "string") return held;
    logger.warn("gradient refused a token that was good, and is asked about it", { partnerId: refusal.partnerId });
    const decision = clock.sleep(breathMs).then(() => settle(held));
    return keptAlive(decision, keepAlive, clock);
  };
};
