import { type Actor, eventWrite } from "#shared/events/event";
import { findIntegration, type Integration, integrationWrite, noMapping } from "#shared/integrations/integration";
import { findPartner } from "#shared/partners/partner";
import { defaultSchedule } from "#shared/schedules/schedule";
import type { Changing } from "#shared/table/changing";
import { retryOnConflict, written } from "#shared/table/table";

export interface Start {
  partnerId: string;
  by: Actor;
}

/** Starts the integration, or starts it again after a disconnect. One that has started stays as it is. */
export const startIntegration =
  ({ table, now, newId }: Changing) =>
  ({ partnerId, by }: Start): Promise<{ integration: Integration; isNew: boolean }> =>
    retryOnConflict(async () => {
      const existing = await findIntegration(table, partnerId);
      if (existing && existing.state !== "disconnected") return { integration: existing, isNew: false };

      const at = now().toISOString();
      const fresh: Integration = {
        partnerId,
        state: "awaiting-token",
        startedAt: at,
        startedBy: by.actor,
        token: null,
        gradient: null,
        agreement: null,
        mapping: noMapping,
        // what a person had set before the disconnect comes back with the reconnect
        schedule: existing?.schedule ?? defaultSchedule((await findPartner(table, partnerId))?.timeZone ?? "UTC"),
        nextRunAt: null,
        // a run that the disconnect stopped may still be writing its last receipts
        currentExportId: existing?.currentExportId ?? null,
        lastExport: existing?.lastExport ?? null,
        lastFullAt: null,
        viewsOwed: null,
        ledgerBits: existing?.ledgerBits ?? 0,
        problems: [],
        version: existing?.version ?? 0,
      };
      await table.transact([
        integrationWrite(fresh),
        eventWrite({ id: newId(), partnerId, type: "integration.started", at, details: {}, ...by }),
      ]);
      return { integration: written(fresh), isNew: true };
    });
