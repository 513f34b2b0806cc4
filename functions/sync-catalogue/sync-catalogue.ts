import type { Refusals } from "#shared/breakers/refusals";
import { isAppError } from "#shared/errors";
import type { GradientSetup } from "#shared/gradient/patient-gradient";
import type { Integration } from "#shared/integrations/integration";
import { logFailure } from "#shared/log-failure";
import { logger } from "#shared/logger";
import type { Clock } from "#shared/pace/clock";
import type { TokenVault } from "#shared/secrets/token-vault";
import { listEveryService } from "#shared/services/hub-service";
import type { Table } from "#shared/table/table";
import { type CatalogueReport, createServices, mayBeCreated } from "./create-services.ts";
import { keyHolders } from "./key-holders.ts";

export interface Dependencies {
  table: Table;
  /** Gradient with a slot for each call of this partner. */
  gradientFor: (partnerId: string) => Pick<GradientSetup, "readServices" | "createService">;
  vault: Pick<TokenVault, "read" | "forget">;
  refusals: Refusals;
  clock: Clock;
}

// should the first one's token be refused, which is found out about by then
const maxHolders = 3;
const nothing: CatalogueReport = { created: 0, refused: 0 };

/**
 * Brings the vendor's catalogue into Gradient, off every partner's path: with whichever partner's key is good. Nothing
 * is called while nothing is missing there.
 */
export const syncCatalogue = ({ table, gradientFor, vault, refusals, clock }: Dependencies) => {
  const create = async ({ partnerId, token }: Integration, services: Awaited<ReturnType<typeof listEveryService>>) => {
    const value = await vault.read(token?.secretName ?? "", token?.versionId ?? "");
    return createServices({ table, gradient: gradientFor(partnerId), clock })(services, value);
  };

  /** Whether somebody else's key may be tried. */
  const clearUp = async ({ partnerId, token, gradient }: Integration, error: unknown, sentAt: number) => {
    const { secretName = "", versionId: tokenVersionId = "" } = token ?? {};
    const call = { partnerId, secretName, tokenVersionId, connectionId: gradient?.integrationId ?? "", sentAt };
    if (isAppError(error, "gradient.forbidden")) {
      await refusals.forbid(call);
      return true;
    }
    if (isAppError(error, "gradient.token-rejected")) {
      vault.forget(secretName);
      await refusals.confirm(call, async () => undefined);
      return true;
    }
    // that partner's own looks see to it, and alarm
    if (isAppError(error, "token.missing")) {
      logFailure("a partner's key is not at hand for the catalogue, another one is tried", error);
      return true;
    }
    if (isAppError(error, "gradient.refused")) {
      const detail = error.message;
      logger.error("gradient refuses the catalogue with a partner's key, another one is tried", { partnerId, detail });
      return true;
    }
    if (!isAppError(error, "gradient.unavailable") && !isAppError(error, "gradient.throttled")) throw error;
    logFailure("the catalogue could not be brought into gradient, it is tried again", error);
    return false;
  };

  return async (): Promise<CatalogueReport> => {
    const services = await listEveryService(table);
    const at = new Date(clock.now()).toISOString();
    if (!services.some((service) => mayBeCreated(service, at))) return nothing;
    if ((await refusals.obstacleFor(null)) !== null) return nothing;
    let tried = 0;
    for await (const holder of keyHolders({ table, refusals })) {
      const sentAt = clock.now();
      try {
        return await create(holder, tried === 0 ? services : await listEveryService(table));
      } catch (error) {
        tried += 1;
        if (!(await clearUp(holder, error, sentAt)) || tried >= maxHolders) return nothing;
      }
    }
    logger.info("no partner's key is at hand to bring the catalogue into gradient", { tried });
    return nothing;
  };
};
