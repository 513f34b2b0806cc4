import type { Integration } from "../../integrations/integration.ts";
import { logger } from "../../logger.ts";
import { oneAfterTheOther } from "../../one-after-the-other.ts";
import { retryOnConflict } from "../../table/table.ts";
import { askAs, type Context } from "../state/asking.ts";
import { type Breaker, forToken, isOpen, iso, opened, vendorBreaker } from "../state/breaker.ts";
import { hourMs } from "../state/ladders.ts";
import type { Refusal } from "../state/refusal.ts";
import { othersThan } from "./candidates.ts";
import { standingOf } from "./standing.ts";

/** `partner`: this partner pauses. `vendor`: everybody does. `outdated`: the refusal says nothing any more. */
export type ForbiddenOutcome = "partner" | "vendor" | "outdated";

// who asks a third partner has ended by then, or has died
const askingMs = 60_000;
const maxForbidden = 4;
// if the first does not answer
const thirdParties = 2;

/**
 * After a 403: this partner pauses. Where another one met a 403 within the hour, a third is asked; if it is forbidden,
 * too, everybody pauses. One process asks at a time, so that hardly a call follows, however many runs meet the 403
 * together.
 */
export const reportForbidden = (context: Context) => {
  const { clock, rows, vendorKey } = context;
  const inTurn = oneAfterTheOther();

  const note = (refusal: Refusal): Promise<ForbiddenOutcome | { suspect: Breaker; asks: boolean }> =>
    retryOnConflict(async () => {
      const { partnerId, tokenVersionId, sentAt } = refusal;
      const standing = await standingOf(context, refusal);
      if (typeof standing === "string") return standing;
      const { partner, vendor } = standing;
      const now = clock.now();
      const earlier = vendor.forbidden.filter(
        ({ partnerId: other, at }) => other !== partnerId && at > iso(now - hourMs) && at > vendor.changedAt,
      );
      const asks = earlier.length > 0 && (vendor.askingUntil ?? "") <= iso(now);
      const suspect: Breaker = {
        ...vendor,
        forbidden: [...earlier, { partnerId, at: iso(sentAt) }].slice(-maxForbidden),
        askingUntil: asks ? iso(now + askingMs) : vendor.askingUntil,
      };
      await rows.transact([opened(forToken(partner, tokenVersionId), "refused", now), suspect]);
      return { suspect, asks };
    });

  const blameUs = (asked: Integration, { changedAt, forbidden }: Breaker): Promise<ForbiddenOutcome> =>
    retryOnConflict(async () => {
      const vendor = await rows.read(vendorBreaker);
      if (isOpen(vendor)) return "vendor";
      if (vendor.changedAt !== changedAt) return "partner";
      // last those whose 403 may be a trouble of their own
      const met = forbidden.map(({ partnerId }) => partnerId);
      const others = (await context.successes.list()).filter((id) => !met.includes(id));
      const rotation = [...new Set([asked.partnerId, ...others, ...met])];
      await rows.put(opened(vendor, "gradient-refuses", clock.now(), { rotation }));
      logger.error("gradient forbids everybody's calls", {});
      return "vendor";
    });

  const askThird = async (suspect: Breaker): Promise<ForbiddenOutcome> => {
    const known = suspect.forbidden.map(({ partnerId }) => partnerId);
    for (const third of await othersThan(context, known, suspect, thirdParties)) {
      const answer = await askAs(context, third, await vendorKey.current());
      if (answer === "taken") return "partner";
      if (answer === "forbidden") return blameUs(third, suspect);
    }
    return "partner";
  };

  return async (refusal: Refusal): Promise<ForbiddenOutcome> => {
    const noted = await inTurn(() => note(refusal));
    if (typeof noted === "string") return noted;
    logger.error("gradient forbids a partner's calls", { partnerId: refusal.partnerId });
    return noted.asks ? askThird(noted.suspect) : "partner";
  };
};
