import { AppError } from "../errors.ts";
import type { Pacer } from "../usage/pacer.ts";
import type { GradientApi } from "./gradient-api.ts";

/** Everything but counts, each call at a slot of its own: these calls share the vendor's rate with the exports. */
export const pacedGradient = (
  gradient: Omit<GradientApi, "setUnitCount">,
  pacer: Pacer,
): Omit<GradientApi, "setUnitCount"> => {
  const atSlot = async <T>(call: () => Promise<T>): Promise<T> => {
    if (await pacer.slot()) return call();
    throw new AppError("upstream", "gradient.forbidden", "Gradient refuses all calls; an operator has to clear it.");
  };
  return {
    readConnection: (token) => atSlot(() => gradient.readConnection(token)),
    setStatus: (token, status) => atSlot(() => gradient.setStatus(token, status)),
    readServices: (token) => atSlot(() => gradient.readServices(token)),
    createService: (token, service) => atSlot(() => gradient.createService(token, service)),
    readAccounts: (token) => atSlot(() => gradient.readAccounts(token)),
    createAccounts: (token, accounts) => atSlot(() => gradient.createAccounts(token, accounts)),
    changeAccounts: (token, changes) => atSlot(() => gradient.changeAccounts(token, changes)),
  };
};
