import { owe } from "#shared/outbox/outbox";
import { findService, type HubService, type ServiceRecord, serviceWrite } from "#shared/services/hub-service";
import type { Changing } from "#shared/table/changing";
import { retryOnConflict, written } from "#shared/table/table";

export interface ServiceUpdate {
  id: string;
  record: ServiceRecord;
}

const isSame = (stored: HubService, record: ServiceRecord): boolean =>
  stored.name === record.name &&
  stored.description === record.description &&
  stored.category === record.category &&
  stored.subcategory === record.subcategory &&
  stored.unit === record.unit;

const unknown = { gradientServiceId: null, createdUntil: null, version: 0 };

/**
 * Stores a service of the vendor's catalogue as the feed describes it. Gradient's id of it stays; a service that is not
 * in Gradient goes there at once, also where Gradient has refused it as it was before. A repeat writes nothing.
 */
export const putService =
  ({ table, now, newId }: Changing<"get" | "transact">) =>
  ({ id, record }: ServiceUpdate): Promise<HubService> =>
    retryOnConflict(async () => {
      const stored = await findService(table, id);
      if (stored && isSame(stored, record)) return stored;
      const at = now().toISOString();
      const updated: HubService = { ...(stored ?? unknown), id, ...record, refusal: null, updatedAt: at };
      const isMissing = updated.gradientServiceId === null;
      await table.transact([
        serviceWrite(updated),
        ...(isMissing ? [owe({ kind: "sync-catalogue" }, { id: newId(), at })] : []),
      ]);
      return written(updated);
    });
