import { Refusal } from "../calls/exchange.ts";
import type { Mappable } from "../world/records.ts";
import type { MappableBulkUpdate, MappableUpdate } from "./vendor-schemas.ts";

// What accounts and a partner's own services have in common on the vendor's side.

export const asList = <T>(oneOrMany: T | T[]): T[] => (Array.isArray(oneOrMany) ? oneOrMany : [oneOrMany]);

export const mappingProperty = ({ id, name, description }: Mappable, mappingId: string | null) => ({
  id,
  name,
  description,
  isMapped: mappingId !== null,
  ...(mappingId === null ? {} : { mappingId }),
});

export const changed = <T extends Mappable>(record: T, change: MappableUpdate | MappableBulkUpdate): T => ({
  ...record,
  id: change.id ?? record.id,
  name: change.name ?? record.name,
  description: change.description ?? record.description,
  isActive: change.isActive ?? record.isActive,
  isArrears: change.isArrears ?? record.isArrears,
});

/** 409 when an id is taken, or given twice in one call; then nothing of the call is created. */
export const refuseTakenIds = (what: string, ids: string[], isTaken: (id: string) => boolean): void => {
  const seen = new Set<string>();
  for (const id of ids) {
    if (isTaken(id) || seen.has(id)) throw new Refusal(409, `${what} with id ${id} already exists`);
    seen.add(id);
  }
};
