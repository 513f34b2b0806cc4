import { AppError, isAppError } from "#shared/errors";
import { type GradientService, mayStillLand } from "#shared/gradient/gradient-api";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import { landsWithinMs } from "#shared/gradient/lost-calls";
import type { GradientSetup } from "#shared/gradient/patient-gradient";
import { logger } from "#shared/logger";
import type { Clock } from "#shared/pace/clock";
import { boundServiceKey, type HubService, serviceWrite } from "#shared/services/hub-service";
import { plainName } from "#shared/services/service-names";
import { added, isConflict, type Table, written } from "#shared/table/table";

interface Dependencies {
  table: Pick<Table, "transact">;
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

/** Nobody is creating it, and Gradient has not refused it, or failed on it, a moment ago. */
export const mayBeCreated = ({ gradientServiceId, createdUntil, refusal, failure }: HubService, at: string): boolean =>
  gradientServiceId === null &&
  [createdUntil, refusal?.retryAt, failure?.retryAt].every((moment) => (moment ?? "") <= at);

/**
 * Creates services of the catalogue in Gradient, one by one and each once. A service is matched by the id that we
 * stored, and by its name the first time only, to one that nobody else is bound to. Gradient may create a repeated name
 * again, and show both to partners for ever: so a worker claims a service before it creates it, for as long as the call
 * may wait for its slot and land, and whoever comes later reads first. A refusal is kept with the service, and concerns
 * no other; so is a failure, which ends this round.
 */
export const createServices = ({ table, gradientWhile, clock, hasTime }: Dependencies) => {
  const gradient = gradientWhile();
  const iso = (at: number): string => new Date(at).toISOString();
  const put = async (service: HubService): Promise<HubService> => {
    await table.transact([serviceWrite(service)]);
    return written(service);
  };

  const bind = (service: HubService, { id: gradientServiceId, name }: GradientService): Promise<void> =>
    table.transact([
      serviceWrite({
        ...service,
        gradientServiceId,
        gradientName: name,
        createdAs: null,
        createdUntil: null,
        refusal: null,
        failure: null,
      }),
      added({ ...boundServiceKey(gradientServiceId), serviceId: service.id }),
    ]);

  // nothing of the call can come into being any more
  const over = { createdUntil: null, createdAs: null };

  /** Out of the others' way until then. */
  const putOff = (service: HubService, words: string): Promise<HubService> => {
    const tries = (service.refusal?.tries ?? 0) + 1;
    const now = clock.now();
    const retryAt = iso(now + (pausesMs[tries - 1] ?? longestPauseMs));
    return put({ ...service, ...over, refusal: { at: iso(now), words, tries, retryAt }, failure: null });
  };

  /** The same after a call that told nothing of the service: what concerns the key or the rate is no failure of it. */
  const letBe = (service: HubService, error: AppError): Promise<HubService> => {
    const claim = mayStillLand(error) ? {} : over;
    if (!isAppError(error, "gradient.unavailable")) return put({ ...service, ...claim });
    const tries = (service.failure?.tries ?? 0) + 1;
    const retryAt = iso(clock.now() + (failurePausesMs[tries - 1] ?? longestFailurePauseMs));
    return put({ ...service, ...claim, failure: { tries, retryAt } });
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

    /** False where its turn has not come: nor would that of the next one. */
    const create = async (service: HubService): Promise<boolean> => {
      const { name, description, category, subcategory } = service;
      const now = clock.now();
      const claimed = await put({ ...service, createdAs: name, createdUntil: iso(now + claimedForMs) });
      let described: string | null = null;
      let isRefused = false;
      let words = "Gradient does not show the service after it had created it.";
      try {
        await gradientWhile(async () => clock.now() <= now + sendWithinMs).createService(token, {
          name,
          description,
          category,
          subcategory,
        });
        described = description;
      } catch (error) {
        if (!isAppError(error, "gradient.refused") && !isAppError(error, "gradient.conflict")) {
          // without an answer it is looked for until it must have landed
          if (error instanceof AppError) await letBe(claimed, error);
          if (!isAppError(error, "gradient.not-asked")) throw error;
          logger.info("a service has waited too long for its turn, it is tried again", { serviceId: service.id });
          return false;
        }
        words = error.message;
        isRefused = isAppError(error, "gradient.refused");
      }
      // a conflict may say that it is there already
      const shown = await gradient.readServices(token);
      const found = find(claimed, shown);
      // it cannot be told whether it is there, so its claim stays, and it is not created again
      if (found ? found.id === "" : !isRefused && hidesAny(shown)) return true;
      if (found) {
        await bindTo({ ...claimed, gradientDescription: described }, found);
        return true;
      }
      const { refusal } = await putOff(claimed, words);
      logger.error("gradient refuses a service", { serviceId: service.id, tries: refusal?.tries ?? 0 });
      report.refused += 1;
      return true;
    };

    const existing = await gradient.readServices(token);
    const tries = ({ refusal, failure }: HubService): number => (refusal?.tries ?? 0) + (failure?.tries ?? 0);
    const missing = services.filter(({ gradientServiceId }) => gradientServiceId === null);
    let isFirst = true;
    // what has failed comes last
    for (const service of missing.toSorted((a, b) => tries(a) - tries(b))) {
      const known = find(service, existing);
      try {
        if (known ? known.id === "" : (service.createdAs ?? null) !== null && hidesAny(existing)) continue;
        if (known) await bindTo({ ...service, gradientDescription: null }, known);
        else if (mayBeCreated(service, iso(clock.now()))) {
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
