import { findService, type HubService, type ServiceRecord, serviceWrite } from "#shared/services/hub-service";
import { retryOnConflict, store, type Table } from "#shared/table/table";

interface Dependencies {
  table: Pick<Table, "get" | "put">;
  now: () => Date;
}

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

/**
 * Stores a service of the vendor's catalogue as the feed describes it. Gradient's id of it stays. A repeat writes
 * nothing.
 */
export const putService =
  ({ table, now }: Dependencies) =>
  ({ id, record }: ServiceUpdate): Promise<HubService> =>
    retryOnConflict(async () => {
      const stored = await findService(table, id);
      if (stored && isSame(stored, record)) return stored;
      const { gradientServiceId, createdUntil, version } = stored ?? {
        gradientServiceId: null,
        createdUntil: null,
        version: 0,
      };
      const updated = { id, ...record, gradientServiceId, createdUntil, updatedAt: now().toISOString(), version };
      await store(table, serviceWrite(updated));
      return updated;
    });
