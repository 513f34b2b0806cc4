import { AppError, isAppError } from "#shared/errors";
import { type GradientService, wasUnanswered } from "#shared/gradient/gradient-api";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import { landsWithinMs } from "#shared/gradient/lost-calls";
import type { GradientSetup } from "#shared/gradient/patient-gradient";
import type { Clock } from "#shared/pace/clock";
import { type HubService, listEveryService, listServices, serviceWrite } from "#shared/services/hub-service";
import { store, type Table, written } from "#shared/table/table";

interface Dependencies {
  table: Table;
  gradient: Pick<GradientSetup, "readServices" | "createService">;
  clock: Clock;
}

const lookAgainMs = 5_000;
// After a failure with an answer nothing can land any more: Gradient can be looked at, and asked again, soon.
const afterFailureMs = 1_000;
const maxAttempts = 3;

const put = async (table: Table, service: HubService): Promise<HubService> => {
  await store(table, serviceWrite(service));
  return written(service);
};

/**
 * Creates every service of the catalogue in Gradient, once. A service is matched by the id that we stored, and by its
 * name the first time only. Gradient creates a repeated name again, and shows both to partners for ever. So a worker
 * claims the service before it creates it, and looks for it as long as a call without an answer may still land. Throws
 * `service.being-created` while another worker has the claim; the message comes back later.
 */
export const syncServices = ({ table, gradient, clock }: Dependencies) => {
  const claim = (service: HubService): Promise<HubService> => {
    const until = service.createdUntil === null ? 0 : Date.parse(service.createdUntil);
    if (until > clock.now()) {
      throw new AppError("unavailable", "service.being-created", "Another worker is creating the service.");
    }
    return put(table, { ...service, createdUntil: new Date(clock.now() + landsWithinMs).toISOString() });
  };

  const creation = (token: PartnerToken, find: (existing: GradientService[]) => GradientService | undefined) => {
    const look = async () => find(await gradient.readServices(token));
    /** Looks for what a failed call may have created nevertheless. */
    const lookAfter = async (failure: AppError, end: number) => {
      const mayLand = wasUnanswered(failure);
      await clock.sleep(mayLand ? lookAgainMs : afterFailureMs);
      let found = await look();
      while (!found && mayLand && clock.now() < end) {
        await clock.sleep(lookAgainMs);
        found = await look();
      }
      return found;
    };

    return async (service: HubService) => {
      const { name, description, category, subcategory } = service;
      let claimed = await claim(service);
      for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
        const end = clock.now() + landsWithinMs;
        // each attempt may land as late as the first, so each claims the service anew
        if (attempt > 1) claimed = await claim({ ...claimed, createdUntil: null });
        try {
          await gradient.createService(token, { name, description, category, subcategory });
          return { claimed, found: await look() };
        } catch (error) {
          if (!isAppError(error, "gradient.unavailable")) throw error;
          const found = await lookAfter(error, end);
          if (found) return { claimed, found };
        }
      }
      return { claimed, found: undefined };
    };
  };

  return async (token: PartnerToken): Promise<void> => {
    const isMissing = ({ gradientServiceId }: HubService) => gradientServiceId === null;
    // one that cannot be read stops nobody's accounts
    if (!(await listServices(table)).some(isMissing)) return;
    // but it may hold the id of a service in Gradient that has the same name as one that is missing
    const services = await listEveryService(table);
    const missing = services.filter(isMissing);
    // two services of the same name stay two: their counts would overwrite each other
    const taken = new Set(services.map(({ gradientServiceId }) => gradientServiceId));
    const existing = await gradient.readServices(token);

    for (const service of missing) {
      const find = (among: GradientService[]) => among.find(({ id, name }) => name === service.name && !taken.has(id));
      const known = find(existing);
      const { claimed, found } = known ? { claimed: service, found: known } : await creation(token, find)(service);
      if (!found) throw new AppError("upstream", "service.not-created", "Gradient does not show a service it created.");
      await put(table, { ...claimed, gradientServiceId: found.id, createdUntil: null });
      taken.add(found.id);
    }
  };
};
