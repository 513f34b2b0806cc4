import type { Integration } from "../../integrations/integration.ts";
import { suspendIntegration } from "../../integrations/suspend-integration.ts";
import { logger } from "../../logger.ts";
import { type Answer, askAs, type Context } from "../state/asking.ts";
import {
  type Breaker,
  breakerWrite,
  claimed,
  closed,
  iso,
  knownTrouble,
  partnerBreaker,
  stillOpen,
  type Trouble,
  unchanged,
  vendorBreaker,
} from "../state/breaker.ts";
import { unlessLost } from "../state/breaker-rows.ts";
import { hourMs } from "../state/ladders.ts";
import { isAbout } from "../state/refusal.ts";
import { isActive, nextInTurn } from "../verdicts/candidates.ts";

type Finding = "over" | "still" | "unclear";

// where there is nobody to compare with, a refusal for so long has to do
const aloneMs = 24 * hourMs;

/** What one partner's answer says about everybody's trouble. */
const findings: Partial<Record<Trouble, Record<Exclude<Answer, "token-missing">, Finding>>> = {
  // a 401 of one may be its own, so another is asked next
  "vendor-key": { taken: "over", "token-rejected": "still", forbidden: "unclear", unanswered: "unclear" },
  "gradient-refuses": { taken: "over", "token-rejected": "unclear", forbidden: "still", unanswered: "unclear" },
  "gradient-down": { taken: "over", "token-rejected": "over", forbidden: "over", unanswered: "still" },
};

/**
 * Makes the probe of our own breaker if it is due, and says whether it was: one call with the token of whoever's turn
 * it is.
 */
export const probeVendor = (context: Context) => {
  const { table, clock, newId, rows, successes, vendorKey } = context;
  const suspend = suspendIntegration({ table, now: () => new Date(clock.now()), newId });

  /** Nobody else can tell whether it is our key or this token; after a day its owner had better look. */
  const suspendAlone = async (vendor: Breaker, self: Integration): Promise<void> => {
    const { partnerId } = self;
    const doubt = await rows.read(partnerBreaker(partnerId));
    const since = iso(clock.now() - aloneMs);
    const hasLasted = doubt.trouble === "doubted" && doubt.changedAt <= since && vendor.changedAt <= since;
    if (!hasLasted || !isAbout(doubt, self)) return;
    const over = breakerWrite({ ...closed(doubt, clock.now()), owesRelease: false });
    await suspend({ partnerId, versionId: doubt.tokenVersionId ?? "" }, [over, unchanged(vendor)]);
    rows.forget(doubt.key);
  };

  const claim = async (vendor: Breaker, what: Trouble) => {
    const isDue = (vendor.probeAt ?? "") <= iso(clock.now());
    if (!isDue && what !== "vendor-key") return undefined;
    // a key that was corrected is tried at once, whenever the next probe is due
    if (what === "vendor-key") vendorKey.forget();
    const key = await vendorKey.current();
    if (!isDue && key.version === vendor.keyVersion) return undefined;
    const turn = await nextInTurn(context, vendor.rotation, what === "vendor-key");
    const facts = { rotation: turn.rotation, keyVersion: what === "vendor-key" ? key.version : vendor.keyVersion };
    return { mine: await rows.put(claimed(vendor, clock.now(), facts)), key, ...turn };
  };

  const probe = async (): Promise<boolean> => {
    const vendor = await rows.read(vendorBreaker);
    if (vendor.trouble === null) return false;
    const what = knownTrouble(vendor.trouble);
    const turn = await claim(vendor, what);
    if (turn === undefined) return false;
    const { mine, next, key, isAlone } = turn;
    // A breaker that nobody can probe would stay for ever; whoever calls next finds out. Suspended partners alone are
    // nobody: what they meet may be their own trouble, and whoever brings a new token has to be heard.
    if (next === undefined || (what === "vendor-key" && isAlone && !isActive(next))) {
      await rows.put(closed(mine, clock.now()));
      return true;
    }
    const answer = await askAs(context, next, key);
    const finding = answer === "token-missing" ? "unclear" : findings[what]?.[answer];
    logger.info("gradient was probed", { trouble: what, partnerId: next.partnerId, answer });
    if (finding === "over") {
      // first in the list of those to be asked next: the doubts that are left are about to be settled
      if (answer === "taken") await successes.noteAtOnce(next.partnerId);
      const provenBy = answer === "taken" ? next.partnerId : mine.provenBy;
      await rows.put({ ...closed(mine, clock.now()), provenBy });
      logger.info("gradient takes calls again", { trouble: what });
    }
    if (finding !== "still") return true;
    const left = await rows.put(stillOpen(mine, clock.now()));
    if (what !== "gradient-down") logger.error("gradient refuses everybody's calls", { trouble: what });
    if (what === "vendor-key" && isAlone) await suspendAlone(left, next);
    return true;
  };

  return (): Promise<boolean> => unlessLost(false, probe);
};
