import { findIntegration, integrationKey, maySend } from "../integrations/integration.ts";
import { owe } from "../outbox/outbox.ts";
import type { Changing } from "../table/changing.ts";
import type { Write } from "../table/table.ts";

/**
 * The writes that a transaction which changes customers needs, so that Gradient hears of the change. While the partner
 * is connected that is a task for its accounts. Otherwise connecting brings all customers over, and the write is a
 * check that this has not happened since we looked: where it has, the transaction fails with `table.conflict` and is to
 * be tried again.
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
