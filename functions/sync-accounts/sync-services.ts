import { AppError } from "#shared/errors";
import type { GradientApi, GradientService } from "#shared/gradient/gradient-api";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import { type HubService, listServices, toServiceItem } from "#shared/services/hub-service";
import type { Table } from "#shared/table/table";

interface Dependencies {
  table: Table;
  /** Takes a slot for each call. */
  gradient: Pick<GradientApi, "readServices" | "createService">;
  now: () => Date;
}

// Longer than one call may take, so that no second worker creates what the first is creating.
const creatingMs = 60_000;

const put = async (table: Table, service: HubService): Promise<HubService> => {
  const stored = { ...service, version: service.version + 1 };
  await table.put(toServiceItem(stored), service.version);
  return stored;
};

/**
 * Sees to it that every service of the catalogue exists in Gradient, once. Ids are matched by what we stored, by name only the
 * first time. Gradient would create a repeated name again, so whoever creates claims the service first; who meets a claim
 * throws `service.being-created` and comes back later.
 */
export const syncServices =
  ({ table, gradient, now }: Dependencies) =>
  async (token: PartnerToken): Promise<void> => {
    const services = await listServices(table);
    const missing = services.filter(({ gradientServiceId }) => gradientServiceId === null);
    if (missing.length === 0) return;
    // two services of the same name stay two: their counts would overwrite each other
    const taken = new Set(services.map(({ gradientServiceId }) => gradientServiceId));
    let existing = await gradient.readServices(token);
    const find = (service: HubService): GradientService | undefined =>
      existing.find(({ id, name }) => name === service.name && !taken.has(id));

    for (const service of missing) {
      const at = now();
      let found = find(service);
      let claimed = service;
      if (!found) {
        if (service.createdUntil !== null && Date.parse(service.createdUntil) > at.getTime()) {
          throw new AppError("unavailable", "service.being-created", "Another worker is creating the service.");
        }
        claimed = await put(table, { ...service, createdUntil: new Date(at.getTime() + creatingMs).toISOString() });
        const { name, description, category, subcategory } = service;
        await gradient.createService(token, { name, description, category, subcategory });
        existing = await gradient.readServices(token);
        found = find(service);
      }
      if (!found) throw new AppError("upstream", "service.not-created", "Gradient does not show a service it created.");
      await put(table, { ...claimed, gradientServiceId: found.id, createdUntil: null });
      taken.add(found.id);
    }
  };
