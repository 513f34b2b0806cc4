import type { VendorKey } from "../secrets/vendor-key.ts";
import type { Breakers } from "./breakers.ts";
import type { Obstacle } from "./state/obstacle.ts";
import type { Refusal } from "./state/refusal.ts";
import type { Outcome } from "./verdicts/outage-watch.ts";

/** A call that Gradient refused, and what it was made with. */
export type RefusedCall = Omit<Refusal, "vendorKeyVersion">;

/**
 * Whom a refused token concerns, as asking around has shown: `taken` is a false alarm, `refused` its partner's own
 * trouble. Otherwise what stands in everybody's way, or `doubted` while Gradient does not answer.
 */
export type Finding = "taken" | "refused" | Obstacle["why"];

/** What whoever calls Gradient asks, and tells, the keeper of the breakers (ADR 11). */
export interface Refusals {
  /** What stands in the way of a partner's calls now; of everybody's, where none is named. */
  obstacleFor(partnerId: string | null, tokenVersionId?: string): Promise<Obstacle | null>;
  /** Told of every answer: a Gradient that fails for many is an outage, and a token that it took is good. */
  note(seen: Outcome): Promise<void>;
  /** Finds out whom a 401 concerns, which takes some seconds; `keepAlive` is called now and then meanwhile. */
  confirm(call: RefusedCall, keepAlive: () => Promise<void>): Promise<Finding>;
  /** Gradient answered 403. */
  forbid(call: RefusedCall): Promise<void>;
}

export const refusalsOf = (breakers: Breakers, vendorKey: Pick<VendorKey, "current">): Refusals => {
  const withKey = async (call: RefusedCall): Promise<Refusal> => ({
    ...call,
    vendorKeyVersion: (await vendorKey.current()).version,
  });
  return {
    obstacleFor: breakers.obstacle,
    note: breakers.note,
    confirm: async (call, keepAlive) => {
      const confirmation = await breakers.confirmRejection(await withKey(call), keepAlive);
      switch (confirmation) {
        case "taken":
        case "refused":
          return confirmation;
        // the token, the key or the breaker is another by now: what is sent next shows more
        case "outdated":
          return "taken";
        case "vendor":
        case "undecided":
          return (await breakers.obstacle(call.partnerId, call.tokenVersionId))?.why ?? "doubted";
      }
    },
    forbid: async (call) => void (await breakers.reportForbidden(await withKey(call))),
  };
};
