import { logger } from "#shared/logger";
import { dayMs } from "#shared/schedules/zoned-time";
import type { HubService } from "#shared/services/hub-service";

// some tell what is wrong
const maxNamed = 20;

/**
 * Told where Gradient has failed: an outage passes, but a list whose shape has changed does not, and lines of new
 * services wait for it. Of a service that Gradient refuses, its refusal has told.
 */
export const tellOfLongWaits = (services: HubService[], now: number): void => {
  const waiting = services.filter(
    ({ gradientServiceId, refusal, updatedAt }) =>
      gradientServiceId === null && !refusal && now - Date.parse(updatedAt) > dayMs,
  );
  if (waiting.length === 0) return;
  const serviceIds = waiting.slice(0, maxNamed).map(({ id }) => id);
  logger.error("services have waited for a day, and gradient fails", { services: waiting.length, serviceIds });
};
