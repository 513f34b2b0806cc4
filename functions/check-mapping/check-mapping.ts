import { type Actor, eventWrite } from "#shared/events/event";
import { findIntegration, maySend } from "#shared/integrations/integration";
import { wrongStep } from "#shared/integrations/wrong-step";
import { owe } from "#shared/outbox/outbox";
import type { Changing } from "#shared/table/changing";

/** Owes a look at what is mapped in Gradient by now. */
export const checkMapping =
  ({ table, now, newId }: Changing) =>
  async ({ partnerId, by }: { partnerId: string; by: Actor }): Promise<{ requestedAt: string }> => {
    const integration = await findIntegration(table, partnerId);
    if (!integration || !maySend(integration)) throw wrongStep(integration?.state ?? "not-started");
    const at = now().toISOString();
    await table.transact([
      owe({ kind: "sync-accounts", partnerId, reason: "check" }, { id: newId(), at }),
      eventWrite({ id: newId(), partnerId, type: "mapping.check-requested", at, details: {}, ...by }),
    ]);
    return { requestedAt: at };
  };
