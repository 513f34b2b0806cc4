import { eventWrite, serviceActor } from "../events/event.ts";
import { nextRunAt } from "../schedules/next-run.ts";
import type { Changing } from "../table/changing.ts";
import { retryOnConflict } from "../table/table.ts";
import { findIntegration, type Integration, integrationWrite, withNextRun } from "./integration.ts";
import { wish } from "./record/wants.ts";

export interface Proof {
  partnerId: string;
  /** Gradient's id of the connection that the count was accepted on. */
  connectionId: string;
  /** Whether it still proves anything for the record as it is by now. */
  stands?: (before: Integration) => boolean;
}

/**
 * Gradient accepted a count of this partner, which proves that a mapping exists: opens *Next* and puts the partner on
 * its schedule. Done again it changes nothing, nor does the proof of a connection that the partner has left meanwhile.
 */
export const activateIntegration =
  ({ table, now, newId }: Changing) =>
  ({ partnerId, connectionId, stands = () => true }: Proof): Promise<void> =>
    retryOnConflict(async () => {
      const before = await findIntegration(table, partnerId);
      if (before?.gradient?.integrationId !== connectionId || !stands(before)) return;
      // of one that is suspended meanwhile, a look finds it in the ledger once it is back
      if (before.state !== "awaiting-mapping") return;
      const time = now();
      const at = time.toISOString();
      await table.transact([
        integrationWrite({
          ...withNextRun(before, nextRunAt(before.schedule, time).toISOString(), at),
          state: "active",
          mapping: { ...before.mapping, completedAt: at, nextCheckAt: null },
          gradient: { ...before.gradient, status: "active" },
          wants: wish(before.wants, "all", { at, trigger: "mapping" }),
        }),
        eventWrite({ id: newId(), partnerId, type: "integration.activated", at, details: {}, ...serviceActor }),
      ]);
    });
