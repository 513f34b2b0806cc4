import { AppError } from "#shared/errors";
import { owe } from "#shared/outbox/outbox";
import { findService, type HubService, type ServiceRecord, serviceWrite } from "#shared/services/hub-service";
import { namesOf, plainName, readServiceNames, serviceNamesWrite } from "#shared/services/service-names";
import type { Changing } from "#shared/table/changing";
import { type PauseAfter, retryOnConflict, written } from "#shared/table/table";

interface Dependencies extends Changing<"get" | "query" | "transact"> {
  /** All services share the row of their names: of a catalogue that is put at once, each is to have its turn. */
  pauseAfter?: PauseAfter;
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

const unknown = { gradientServiceId: null, createdUntil: null, version: 0 };

const nameTaken = (name: string, serviceId: string): AppError =>
  new AppError(
    "conflict",
    "service.name-taken",
    `The service ${serviceId} has the name "${name}", in the hub or in Gradient. Partners could not tell the two apart: give this one another name.`,
    { extra: { serviceId } },
  );

/**
 * Stores a service of the vendor's catalogue as the feed describes it. Gradient's id of it stays; a service that is not
 * in Gradient goes there at once, also where Gradient has refused it as it was before. A repeat writes nothing. Throws
 * `service.name-taken` where another service goes by the name: Gradient would not tell the two apart.
 */
export const putService =
  ({ table, now, newId, pauseAfter }: Dependencies) =>
  ({ id, record }: ServiceUpdate): Promise<HubService> =>
    retryOnConflict(async () => {
      const stored = await findService(table, id);
      if (stored && isSame(stored, record)) return stored;
      const names = await readServiceNames(table);
      const others = names.taken.filter(({ serviceId }) => serviceId !== id);
      const holder = others.find((other) => other.names.includes(plainName(record.name)));
      const heldBy = holder && (await findService(table, holder.serviceId));
      // a name that it may have had in Gradient, and has not come to, is noted no more in its own record
      const held = heldBy ? namesOf(heldBy) : [];
      if (holder && held.includes(plainName(record.name))) throw nameTaken(record.name, holder.serviceId);
      const taken = others.map((other) => (other === holder ? { ...other, names: held } : other));
      const at = now().toISOString();
      // older rows do not tell how Gradient has it: it is the name, and the description, that the hub changes now
      const isKnown = stored?.gradientServiceId !== null && stored?.gradientServiceId !== undefined;
      const gradientName = stored?.gradientName ?? (isKnown ? stored.name : null);
      const isDescribed = !isKnown || stored.gradientDescription !== undefined;
      const gradientDescription = isDescribed ? (stored?.gradientDescription ?? null) : stored.description;
      const inGradient = { gradientName, gradientDescription };
      const updated: HubService = {
        ...(stored ?? unknown),
        ...inGradient,
        id,
        ...record,
        refusal: null,
        failure: null,
        // whoever gives it another name lets it be created anew, though nobody has seen what was created before
        unseenSince: stored?.name === record.name ? stored.unseenSince : null,
        updatedAt: at,
      };
      const isMissing = updated.gradientServiceId === null;
      await table.transact([
        serviceWrite(updated),
        serviceNamesWrite({ ...names, taken: [...taken, { serviceId: id, names: namesOf(updated) }] }),
        ...(isMissing ? [owe({ kind: "sync-catalogue" }, { id: newId(), at })] : []),
      ]);
      return written(updated);
    }, pauseAfter);
