import type { Refusals } from "#shared/breakers/refusals";
import { isAppError, throwAll } from "#shared/errors";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import type { GradientSetup } from "#shared/gradient/patient-gradient";
import type { Integration } from "#shared/integrations/integration";
import { suspendIntegration } from "#shared/integrations/suspend-integration";
import { logFailure } from "#shared/log-failure";
import { logger } from "#shared/logger";
import type { Clock } from "#shared/pace/clock";
import { isNew } from "#shared/secrets/read-token";
import type { TokenVault } from "#shared/secrets/token-vault";
import { listEveryService } from "#shared/services/hub-service";
import type { Table } from "#shared/table/table";
import { type CatalogueReport, createServices, isDue } from "./create-services.ts";
import { keyHolders } from "./key-holders.ts";
import { tellOfLongWaits } from "./long-waits.ts";

export interface Dependencies {
  table: Table;
  /** Gradient with a slot for each call of this partner; `mayGo` is asked with the slot in hand. */
  gradientFor: (
    partnerId: string,
    mayGo?: () => Promise<boolean>,
  ) => Pick<GradientSetup, "readServices" | "createService">;
  vault: Pick<TokenVault, "read" | "forget">;
  refusals: Refusals;
  clock: Clock;
  newId: () => string;
}

// should the first one's token be refused, which is found out about by then
const maxHolders = 3;
// a key that cannot be read costs no call of Gradient's; so many of them are no partner's fault
const maxUnread = 50;
// what one service may take while slots are rare: its turn, Gradient's answer, and the list that shows it
const reserveMs = 40_000;
const nothing: CatalogueReport = { created: 0, refused: 0 };

/**
 * Brings the vendor's catalogue into Gradient, off every partner's path: with whichever partner's key is good. Nothing
 * is called while nothing is missing there.
 */
export const syncCatalogue = ({ table, gradientFor, vault, refusals, clock, newId }: Dependencies) => {
  const suspend = suspendIntegration({ table, now: () => new Date(clock.now()), newId });

  /** The partner's key, or why it cannot be read. One that is gone is told of once: its partner is suspended. */
  const readKey = async ({
    partnerId,
    token,
  }: Integration): Promise<{ value: PartnerToken } | { failure: unknown }> => {
    try {
      return { value: await vault.read(token?.secretName ?? "", token?.versionId ?? "") };
    } catch (failure) {
      if (isAppError(failure, "token.missing") && !isNew(token?.checkedAt ?? "", clock.now())) {
        logger.error("a registered token is missing from the secret store", { partnerId });
        await suspend({ partnerId, versionId: token?.versionId ?? "", isMissing: true });
      }
      return { failure };
    }
  };

  /** Once for all: others go on with their keys. */
  const tellOf = (unread: unknown[]): void => {
    const others = unread.filter((failure) => !isAppError(failure, "token.missing"));
    if (others.length === 0) return;
    logger.error("keys of partners cannot be read, the catalogue goes on with another one", { keys: others.length });
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
    if (isAppError(error, "gradient.refused")) {
      const detail = error.message;
      logger.error("gradient refuses the catalogue with a partner's key, another one is tried", { partnerId, detail });
      return true;
    }
    if (!isAppError(error, "gradient.unavailable") && !isAppError(error, "gradient.throttled")) throw error;
    logFailure("the catalogue could not be brought into gradient, it is tried again", error);
    return false;
  };

  return async ({ remainingMs }: { remainingMs: () => number }): Promise<CatalogueReport> => {
    const services = await listEveryService(table);
    const at = new Date(clock.now()).toISOString();
    if (!services.some((service) => isDue(service, at))) return nothing;
    if ((await refusals.obstacleFor(null)) !== null) return nothing;
    let tried = 0;
    const unread: unknown[] = [];
    for await (const holder of keyHolders({ table, refusals })) {
      const sentAt = clock.now();
      const key = await readKey(holder);
      if ("failure" in key) {
        unread.push(key.failure);
        if (unread.length >= maxUnread) break;
        continue;
      }
      const gradientWhile = (mayGo?: () => Promise<boolean>) => gradientFor(holder.partnerId, mayGo);
      const create = createServices({ table, gradientWhile, clock, hasTime: () => remainingMs() > reserveMs });
      try {
        return await create(tried === 0 ? services : await listEveryService(table), key.value);
      } catch (error) {
        tried += 1;
        const mayGoOn = await clearUp(holder, error, sentAt);
        if (!mayGoOn) tellOfLongWaits(services, clock.now());
        if (!mayGoOn || tried >= maxHolders) return nothing;
      } finally {
        tellOf(unread.splice(0));
      }
    }
    // nobody's key was at hand: that alarms unless each of them was told of
    throwAll(unread.filter((failure) => !isAppError(failure, "token.missing")).slice(-1));
    logger.info("no partner's key is at hand to bring the catalogue into gradient", { tried });
    return nothing;
  };
};
