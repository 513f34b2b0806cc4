import { findIntegration } from "../../integrations/integration.ts";
import { logger } from "../../logger.ts";
import { askAs, type Context } from "../state/asking.ts";
import { type Breaker, claimed, closed, iso, opened, partnerOf, stillOpen } from "../state/breaker.ts";
import { unlessLost, vendorInTheWay } from "../state/breaker-rows.ts";
import { isAbout } from "../state/refusal.ts";
import type { SettleDoubt } from "../verdicts/settle-doubt.ts";

// a doubt is asked about each minute: it is told of after an hour, and daily from then on
const triesOfAnHour = 60;
const triesOfADay = 24 * triesOfAnHour;

/**
 * Makes the probe of one partner's breaker if it is due, and says whether it was. What it finds is no evidence against
 * anybody else.
 */
export const probePartner = (context: Context, settle: SettleDoubt) => {
  const { table, clock, rows, vendorKey } = context;

  const probeRefused = async (mine: Breaker): Promise<void> => {
    const self = await findIntegration(table, partnerOf(mine.key) ?? "");
    if (!isAbout(mine, self)) {
      await rows.put(closed(mine, clock.now()));
      return;
    }
    const answer = await askAs(context, self, await vendorKey.current());
    logger.info("gradient was probed", { trouble: mine.trouble, partnerId: self.partnerId, answer });
    if (answer === "taken") await rows.put(closed(mine, clock.now()));
    if (answer === "token-rejected") await rows.put(opened(mine, "doubted", clock.now()));
    if (answer === "forbidden") {
      await rows.put(stillOpen(mine, clock.now()));
      logger.error("gradient forbids a partner's calls", { partnerId: self.partnerId });
    }
  };

  const probe = async (key: string): Promise<boolean> => {
    // as long as nobody's calls get through, a partner's own would tell nothing
    if (await vendorInTheWay(rows)) return false;
    const row = await rows.read(key);
    if (row.trouble === null || (row.probeAt ?? "") > iso(clock.now())) return false;
    const isDoubted = row.trouble === "doubted";
    const mine = await rows.put(claimed(row, clock.now(), isDoubted ? { tries: row.tries + 1 } : {}));
    if (!isDoubted) await probeRefused(mine);
    else if ((await settle(mine)) === "undecided" && mine.tries % triesOfADay === triesOfAnHour)
      logger.error("a partner's refused token stays in doubt", { partnerId: partnerOf(key) });
    return true;
  };

  return (key: string): Promise<boolean> => unlessLost(false, () => probe(key));
};
