import * as z from "zod";
import { readableOf, readRow } from "../stored.ts";
import { type Key, type RowWrite, type Table, versioned } from "../table/table.ts";
import { type HubService, listEveryService } from "./hub-service.ts";

/**
 * What is left of a name once everything is gone that Gradient may do to it: it may trim a name, and write its letters
 * in another way. Case tells names apart, as it does where Gradient matches names itself.
 */
export const plainName = (name: string): string => name.normalize("NFC").trim();

const row = z.object({
  taken: z.array(z.object({ serviceId: z.string(), names: z.array(z.string()) })),
  version: z.number(),
});
/**
 * Which names the catalogue's services have, in the hub and in Gradient. One row for all: of two that take a name at
 * the same moment, one comes too late.
 */
export type ServiceNames = z.infer<typeof row>;

const key: Key = { pk: "catalogue", sk: "names" };

/**
 * What Gradient shows of a service where the hub calls or describes it otherwise by now. It is created there once and
 * never changed, because Gradient documents no call for that.
 */
export const otherInGradient = ({ name, description, ...one }: HubService) => {
  const isThere = one.gradientServiceId !== null;
  const shown = one.gradientName ?? name;
  return {
    name: isThere && plainName(shown) !== plainName(name) ? shown : null,
    // of a service that was there before us, and in older rows, nothing tells how it is described
    isDescription: isThere && plainName(one.gradientDescription ?? description) !== plainName(description),
  };
};

/** Every name that a service goes by: the hub's, and the one that Gradient has it under, or may be creating. */
export const namesOf = ({ name, gradientServiceId, gradientName, createdAs }: HubService): string[] => {
  // older rows do not tell under which name it was created
  const inGradient = gradientName ?? (gradientServiceId === null ? null : name);
  const all = [name, inGradient, createdAs ?? null].filter((one) => one !== null);
  return [...new Set(all.map(plainName))];
};

/**
 * Where there is no such row yet, or one that cannot be read, the services themselves tell their names. Throws
 * `UnreadableRecord` where one of them cannot be read either: its names would be free for good.
 */
export const readServiceNames = async (table: Pick<Table, "get" | "query">): Promise<ServiceNames> => {
  const item = await table.get(key);
  const [names] = item ? readableOf([item], (stored) => readRow(row, stored)) : [];
  if (names) return names;
  const services = await listEveryService(table);
  const taken = services.map((service) => ({ serviceId: service.id, names: namesOf(service) }));
  return { taken, version: item?.version ?? 0 };
};

export const serviceNamesWrite = (value: ServiceNames): RowWrite => versioned({ ...value, ...key });
