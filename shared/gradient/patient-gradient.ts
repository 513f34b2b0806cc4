import { isAppError } from "../errors.ts";
import type { Clock } from "../pace/clock.ts";
import type { GradientApi } from "./gradient-api.ts";

/** Everything but counts. */
export type GradientSetup = Omit<GradientApi, "setUnitCount">;

interface Patience {
  clock: Clock;
  /** No repeat begins later than this after the first attempt. */
  patienceMs: number;
}

const firstPauseMs = 250;

const isPassing = (error: unknown): boolean =>
  isAppError(error, "gradient.unavailable") || isAppError(error, "gradient.throttled");

/**
 * Gradient, asked again while it is unavailable or asks for fewer calls. Reading, setting a status and changing an
 * account may be repeated, and so may creating an account: the repeat is answered with a conflict. Creating a service
 * twice makes two, so that call is repeated after a plain refusal for the rate only.
 */
export const patientGradient = (gradient: GradientSetup, { clock, patienceMs }: Patience): GradientSetup => {
  const patiently = async <T>(call: () => Promise<T>, mayRepeat = isPassing): Promise<T> => {
    const end = clock.now() + patienceMs;
    for (let pauseMs = firstPauseMs; ; pauseMs *= 2) {
      try {
        return await call();
      } catch (error) {
        if (!mayRepeat(error) || clock.now() + pauseMs > end) throw error;
        await clock.sleep(pauseMs);
      }
    }
  };
  return {
    readConnection: (token) => patiently(() => gradient.readConnection(token)),
    setStatus: (token, status) => patiently(() => gradient.setStatus(token, status)),
    readServices: (token) => patiently(() => gradient.readServices(token)),
    createService: (token, service) =>
      patiently(
        () => gradient.createService(token, service),
        (error) => isAppError(error, "gradient.throttled"),
      ),
    readAccounts: (token) => patiently(() => gradient.readAccounts(token)),
    createAccounts: (token, accounts) => patiently(() => gradient.createAccounts(token, accounts)),
    changeAccounts: (token, changes) => patiently(() => gradient.changeAccounts(token, changes)),
  };
};
