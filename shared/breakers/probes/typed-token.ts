import * as z from "zod";
import { instant } from "../../identifier.ts";
import { fromIntegrationItem, integrationKey } from "../../integrations/integration.ts";
import { readableOf } from "../../stored.ts";
import { retryOnConflict, store, type Table } from "../../table/table.ts";
import { type Breaker, breakerWrite, closed, findBreaker, iso, vendorBreaker } from "../state/breaker.ts";
import { unlessLost } from "../state/breaker-rows.ts";
import { hintRow } from "../state/hint-row.ts";
import { recentSuccesses } from "../state/recent-successes.ts";
import { isActive } from "../verdicts/candidates.ts";

// as many as a doubt asks, the doubted one included: of more, one is left whose token has not been refused yet
const fewPartners = 3;
// what a person types keeps others waiting for no longer, and costs Gradient four calls a minute at most
const apartMs = 15_000;

interface Dependencies {
  table: Pick<Table, "get" | "getMany" | "put">;
  now: () => Date;
}

/** In a row of its own: written into the breaker's, it would come between a probe's claim and its end. */
const key = { pk: "breaker#typed-token", sk: "typed-token" };
const lastTry = z.object({ triedAt: instant });

/**
 * A token that a person brings while our own key seems to be refused. Where that was seen with a few partners' tokens
 * alone, it may as well be theirs that are wrong, and once a probe has not helped, none will: they try the same tokens
 * again and again. So one new token may be tried now and then, as a probe of its own. Taken, it has shown that our key
 * is good; refused, it has shown nothing.
 */
export const typedToken = ({ table, now }: Dependencies) => {
  const areFew = async ({ rotation }: Breaker): Promise<boolean> => {
    if (rotation.length <= fewPartners) return true;
    const rows = await table.getMany(rotation.map(integrationKey));
    return readableOf(rows, fromIntegrationItem).filter(isActive).length <= fewPartners;
  };

  const successes = recentSuccesses(table, { now: () => now().getTime() });
  const tries = hintRow(table, { key, holds: lastTry, none: { triedAt: iso(0) } });

  return {
    /** The claim to one call; undefined where none may go out. */
    claim: async (): Promise<Breaker | undefined> => {
      const vendor = await findBreaker(table, vendorBreaker);
      const time = now().getTime();
      const { value, at } = await tries.read();
      if (vendor.trouble !== "vendor-key" || vendor.tries === 0) return undefined;
      if (iso(time - apartMs) < value.triedAt) return undefined;
      if (!(await areFew(vendor))) return undefined;
      return unlessLost(undefined, async () => {
        await tries.write({ triedAt: iso(time) }, at);
        return vendor;
      });
    },
    /**
     * Gradient took this partner's token, and so our key. Who doubts another's next asks it: else our key would be
     * blamed again. What has been decided since the claim stands.
     */
    taken: ({ changedAt }: Breaker, partnerId: string): Promise<void> =>
      retryOnConflict(async () => {
        const vendor = await findBreaker(table, vendorBreaker);
        if (vendor.trouble !== "vendor-key" || vendor.changedAt !== changedAt) return;
        await successes.noteAtOnce(partnerId);
        await store(table, breakerWrite({ ...closed(vendor, now().getTime()), provenBy: partnerId }));
      }),
  };
};
