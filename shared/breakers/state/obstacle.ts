import { UnreadableRecord } from "../../errors.ts";
import { logFailure } from "../../log-failure.ts";
import type { Table } from "../../table/table.ts";
import {
  type Breaker,
  findBreaker,
  isOpen,
  knownTrouble,
  partnerBreaker,
  type Trouble,
  untouched,
  vendorBreaker,
} from "./breaker.ts";
import type { BreakerRows } from "./breaker-rows.ts";

/** What stands in the way of a partner's calls. */
export interface Obstacle {
  /** Whether it is everybody's. */
  scope: "vendor" | "partner";
  why: "vendor-key" | "gradient-refuses" | "gradient-down" | "doubted";
  since: string;
  /** When Gradient is asked again. */
  retryAt: string;
}

const whys: Record<Trouble, Obstacle["why"]> = {
  doubted: "doubted",
  refused: "gradient-refuses",
  "vendor-key": "vendor-key",
  "gradient-refuses": "gradient-refuses",
  "gradient-down": "gradient-down",
};

const toObstacle = ({ trouble, changedAt, probeAt }: Breaker, scope: Obstacle["scope"]): Obstacle | null =>
  trouble && { scope, why: whys[knownTrouble(trouble)], since: changedAt, retryAt: probeAt ?? changedAt };

/**
 * What stands in the way of this partner's calls now, or of everybody's where none is named, with what is a second old
 * at most. A partner's own trouble is about one token: named, another one is free of it.
 */
export const obstacleIn =
  (rows: Pick<BreakerRows, "recent">) =>
  async (partnerId: string | null, tokenVersionId?: string): Promise<Obstacle | null> => {
    const [vendor, partner] = await Promise.all([
      rows.recent(vendorBreaker),
      partnerId === null ? null : rows.recent(partnerBreaker(partnerId)),
    ]);
    const ofAll = toObstacle(vendor, "vendor");
    const own = partner && isOpen(partner, tokenVersionId) ? toObstacle(partner, "partner") : null;
    // whoever has one of its own, too, is held until both are over
    return ofAll && own && own.retryAt > ofAll.retryAt ? { ...ofAll, retryAt: own.retryAt } : (ofAll ?? own);
  };

/** As the rows are at this moment, for whoever makes calls by itself: where one cannot be read, none is made. */
export const obstaclesToCalls = (table: Pick<Table, "get">) => obstacleIn({ recent: (key) => findBreaker(table, key) });

/**
 * For whoever only wants to know, such as a page: a row that cannot be read, which may be everybody's, is told of in
 * the log and takes no page away.
 */
export const obstacles = (table: Pick<Table, "get">) =>
  obstacleIn({
    recent: (key) =>
      findBreaker(table, key).catch((error: unknown) => {
        if (!(error instanceof UnreadableRecord)) throw error;
        logFailure("what holds the calls cannot be read, a page goes without it", error);
        return untouched(key);
      }),
  });
