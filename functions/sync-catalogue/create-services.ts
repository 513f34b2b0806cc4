import { AppError, isAppError } from "#shared/errors";
import { type GradientService, mayStillLand } from "#shared/gradient/gradient-api";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import { landsWithinMs } from "#shared/gradient/lost-calls";
import type { GradientSetup } from "#shared/gradient/patient-gradient";
import { logger } from "#shared/logger";
import type { Clock } from "#shared/pace/clock";
import { type HubService, listEveryService, serviceWrite } from "#shared/services/hub-service";
import { plainName } from "#shared/services/service-names";
import { isConflict, type Table, written } from "#shared/table/table";
import { bindService } from "./bind-service.ts";
import { tellOfLongWaits } from "./long-waits.ts";
import { theNewOne } from "./new-one.ts";

interface Dependencies {
  table: Pick<Table, "get" | "query" | "transact">;
  /** `mayGo` is asked right before each request goes out. */
  gradientWhile: (mayGo?: () => Promise<boolean>) => Pick<GradientSetup, "readServices" | "createService">;
  clock: Clock;
  /** Whether one more can be created. */
  hasTime: () => boolean;
}

export interface CatalogueReport {
  created: number;
  refused: number;
}

const minuteMs = 60_000;
const pausesMs = [minuteMs, 5 * minuteMs, 15 * minuteMs, 60 * minuteMs, 6 * 60 * minuteMs] as const;
const longestPauseMs = 24 * 60 * minuteMs;
// an outage says nothing of the service: it comes soon after that ends
const failurePausesMs = [minuteMs, 5 * minuteMs] as const;
const longestFailurePauseMs = 15 * minuteMs;

// how long the call may wait for its slot: its claim lasts for as long after that as it may land
const sendWithinMs = 20_000;
/** How long a service is claimed by whoever creates it. */
export const claimedForMs = sendWithinMs + landsWithinMs;

/** Nobody is creating it, and Gradient has not refused it, failed on it, or not shown it, a moment ago. */
export const isDue = ({ gradientServiceId, createdUntil, refusal, failure }: HubService, at: string): boolean =>
  gradientServiceId === null &&
  [createdUntil, refusal?.retryAt, failure?.retryAt].every((moment) => (moment ?? "") <= at);

/**
 * Creates services of the catalogue in Gradient, one by one and each once. A service is matched by the id that we
 * stored, and by its name the first time only, to one that nobody else is bound to. Gradient may create a repeated name
 * again, and show both to partners for ever: so a worker claims a service before it creates it, for as long as the call
 * may wait for its slot and land, and whoever comes later reads first. What Gradient has said that it created is looked
 * for only, until a list shows it or the feed gives it another name. A refusal is kept with the service, and concerns
 * no other; so is a failure, which ends this round.
 */
export const createServices = ({ table, gradientWhile, clock, hasTime }: Dependencies) => {
  const gradient = gradientWhile();
  const iso = (at: number): string => new Date(at).toISOString();
  const put = async (service: HubService): Promise<HubService> => {
    await table.transact([serviceWrite(service)]);
    return written(service);
  };

  const bind = bindService(table);

  // nothing of the call can come into being any more
  const over = { createdUntil: null, createdAs: null };

  /** Out of the others' way until then. */
  const putOff = (service: HubService, words: string): Promise<HubService> => {
    const tries = (service.refusal?.tries ?? 0) + 1;
    const now = clock.now();
    const retryAt = iso(now + (pausesMs[tries - 1] ?? longestPauseMs));
    return put({ ...service, refusal: { at: iso(now), words, tries, retryAt }, failure: null });
  };

  /** The same after a call that told nothing of the service: what concerns the key or the rate is no failure of it. */
  const letBe = (service: HubService, error: AppError): Promise<HubService> => {
    const claim = mayStillLand(error) ? {} : over;
    if (!isAppError(error, "gradient.unavailable")) return put({ ...service, ...claim });
    tellOfLongWaits([service], clock.now());
    const tries = (service.failure?.tries ?? 0) + 1;
    const retryAt = iso(clock.now() + (failurePausesMs[tries - 1] ?? longestFailurePauseMs));
    return put({ ...service, ...claim, failure: { tries, retryAt } });
  };

  /** It has been created, and there is nothing to do but to look for it: a person has to hear of that. */
  const miss = async (service: HubService): Promise<void> => {
    const { refusal } = await putOff(service, "Gradient does not show the service after it had created it.");
    const facts = { serviceId: service.id, tries: refusal?.tries ?? 0 };
    logger.error("gradient does not show a service that it has created", facts);
  };

  return async (services: HubService[], token: PartnerToken): Promise<CatalogueReport> => {
    const report: CatalogueReport = { created: 0, refused: 0 };
    const taken = new Set(services.map(({ gradientServiceId }) => gradientServiceId));
    const find = ({ name, createdAs }: HubService, among: GradientService[]) => {
      const names = new Set([name, createdAs ?? name].map(plainName));
      return among.find((other) => names.has(plainName(other.name)) && !taken.has(other.id));
    };
    /** One without a name may be what a call has created that nobody heard the end of. */
    const hidesAny = (among: GradientService[]): boolean =>
      among.some(({ id, name }) => name === "" && (id === "" || !taken.has(id)));
    const bindTo = async (service: HubService, found: GradientService): Promise<void> => {
      taken.add(found.id);
      await bind(service, found);
      report.created += 1;
    };

    let shown = await gradient.readServices(token);

    /** False where its turn has not come: nor would that of the next one. */
    const create = async (service: HubService): Promise<boolean> => {
      const { name, description, category, subcategory } = service;
      const now = clock.now();
      const claimed = await put({ ...service, createdAs: name, createdUntil: iso(now + claimedForMs) });
      let refused: AppError | null = null;
      try {
        await gradientWhile(async () => clock.now() <= now + sendWithinMs).createService(token, {
          name,
          description,
          category,
          subcategory,
        });
      } catch (error) {
        if (!isAppError(error, "gradient.refused") && !isAppError(error, "gradient.conflict")) {
          // without an answer it is looked for until it must have landed
          if (error instanceof AppError) await letBe(claimed, error);
          if (!isAppError(error, "gradient.not-asked")) throw error;
          logger.info("a service has waited too long for its turn, it is tried again", { serviceId: service.id });
          return false;
        }
        refused = error;
      }
      if (!refused) {
        // noted before the list is read, which may fail or not show it yet: nobody is to create it again for that
        const made = await put({ ...claimed, createdUntil: null, unseenSince: iso(clock.now()) });
        const before = shown;
        shown = await gradient.readServices(token);
        const byName = find(made, shown);
        const found = byName ?? theNewOne(made, { before, shown, services: await listEveryService(table) });
        if (found && found.id !== "") await bindTo({ ...made, gradientDescription: description }, found);
        else await miss(made);
        return true;
      }
      // a conflict may say that it is there already
      shown = await gradient.readServices(token);
      const found = find(claimed, shown);
      // it cannot be told whether it is there, so its claim stays, and it is not created again
      if (found ? found.id === "" : isAppError(refused, "gradient.conflict") && hidesAny(shown)) return true;
      if (found) {
        await bindTo({ ...claimed, gradientDescription: null }, found);
        return true;
      }
      const { refusal } = await putOff({ ...claimed, ...over }, refused.message);
      logger.error("gradient refuses a service", { serviceId: service.id, tries: refusal?.tries ?? 0 });
      report.refused += 1;
      return true;
    };

    const existing = shown;
    const tries = ({ refusal, failure }: HubService): number => (refusal?.tries ?? 0) + (failure?.tries ?? 0);
    const missing = services.filter(({ gradientServiceId }) => gradientServiceId === null);
    let isFirst = true;
    // what has failed comes last
    for (const service of missing.toSorted((a, b) => tries(a) - tries(b))) {
      const known = find(service, existing);
      try {
        const isUnseen = (service.unseenSince ?? null) !== null;
        if (known && known.id !== "") await bindTo({ ...service, gradientDescription: null }, known);
        else if (!isDue(service, iso(clock.now()))) continue;
        else if (isUnseen) await miss(service);
        else if (known || ((service.createdAs ?? null) !== null && hidesAny(existing))) continue;
        else {
          // one each time, however rare slots are, and no further one that may be cut off in the middle
          if (!isFirst && !hasTime()) break;
          isFirst = false;
          if (!(await create(service))) break;
        }
      } catch (error) {
        // the feed, or another worker, was quicker: the next tick sees to it
        if (!isConflict(error)) throw error;
      }
    }
    return report;
  };
};
