import { findIntegration, integrationKey, maySend } from "../integrations/integration.ts";
import { owe } from "../outbox/outbox.ts";
import type { Changing } from "../table/changing.ts";
import type { Write } from "../table/table.ts";

/**
 * What belongs into the transaction that changes customers, so that Gradient hears of the change: a task for the accounts while
 * the partner is connected. Otherwise connecting will bring them over, provided that it has not happened since we looked:
 * then the transaction fails with `table.conflict` and is to be tried again.
 */
export const accountSyncWrites =
  ({ table, now, newId }: Changing<"get">) =>
  async (partnerId: string): Promise<Write[]> => {
    const integration = await findIntegration(table, partnerId);
    if (!integration || !maySend(integration)) {
      return [{ check: integrationKey(partnerId), expect: integration?.version ?? "absent" }];
    }
    return [owe({ kind: "sync-accounts", partnerId, reason: "feed" }, { id: newId(), at: now().toISOString() })];
  };
