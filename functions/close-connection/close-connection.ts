import type { Obstacle } from "#shared/breakers/obstacle";
import { unobstructed } from "#shared/breakers/obstructed";
import { isAppError } from "#shared/errors";
import { findExport } from "#shared/exports/usage-export";
import type { GradientApi } from "#shared/gradient/gradient-api";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import { findIntegration } from "#shared/integrations/integration";
import { logFailure } from "#shared/log-failure";
import type { Clock } from "#shared/pace/clock";
import type { TokenVault } from "#shared/secrets/token-vault";
import type { Table } from "#shared/table/table";
import { closingFor, type Leaving, sendZeros } from "./send-zeros.ts";

interface Dependencies {
  table: Pick<Table, "get" | "transact">;
  gradientFor: (partnerId: string) => Pick<GradientApi, "setStatus">;
  vault: Pick<TokenVault, "read" | "remove">;
  clock: Clock;
  newId: () => string;
  obstacleFor: (partnerId: string, tokenVersionId?: string) => Promise<Obstacle | null>;
}

export type CloseOutcome = "closed" | "reconnected" | "closed-before" | "zeros-first";

const pollMs = 500;

/**
 * Tells Gradient that the partner has left, then deletes the token: telling needs the token. Where the partner wants
 * zeros in Gradient, those go first; the watch over looks sends the message again for as long as they are on their way.
 */
export const closeConnection = ({ table, gradientFor, vault, clock, newId, obstacleFor }: Dependencies) => {
  const zeros = sendZeros({ table, now: () => new Date(clock.now()), newId });
  /**
   * Waits for the worker of a stopped run: a count that is accepted after the status was set makes the connection
   * active again.
   */
  const runEnded = async (partnerId: string): Promise<void> => {
    for (;;) {
      const exportId = (await findIntegration(table, partnerId))?.currentExportId;
      const running = exportId ? await findExport(table, partnerId, exportId) : undefined;
      const leaseEnd = running?.stop && running.lease ? Date.parse(running.lease.until) : 0;
      if (leaseEnd <= clock.now()) return;
      await clock.sleep(pollMs);
    }
  };

  const stored = async (secret: { secretName: string; versionId: string }): Promise<PartnerToken | undefined> => {
    try {
      return await vault.read(secret.secretName, secret.versionId);
    } catch (error) {
      if (!isAppError(error, "token.missing")) throw error;
      return undefined;
    }
  };

  const mayCall = unobstructed(table);
  const deactivate = async (partnerId: string, token: PartnerToken) => {
    await mayCall(new Date(clock.now()));
    try {
      await gradientFor(partnerId).setStatus(token, "inactive");
    } catch (error) {
      // a token that Gradient refuses is as good as disconnected
      if (!isAppError(error, "gradient.token-rejected")) throw error;
    }
  };

  /** After zeros: whether Gradient has heard it. It is told again by the next message, and at last not any more. */
  const hasHeard = async (partnerId: string, token: PartnerToken): Promise<boolean> => {
    try {
      await deactivate(partnerId, token);
      return true;
    } catch (error) {
      logFailure("gradient could not be told that a partner has left", error);
      return false;
    }
  };

  return async (leaving: Leaving): Promise<CloseOutcome> => {
    const { partnerId, secretName, versionId, integrationId } = leaving;
    const left = await stored(leaving);
    const isObstructed = async () => (await obstacleFor(partnerId, versionId)) !== null;
    // without the token no zero can be sent any more
    const zerosAre = left === undefined ? "none" : await zeros.next(leaving, isObstructed);
    if (zerosAre === "waits") return "zeros-first";
    if (left === undefined) {
      await zeros.end(leaving);
      return "closed-before";
    }
    await runEnded(partnerId);
    const record = await findIntegration(table, partnerId);
    const current = record?.token;
    // The partner has connected again before this message came, with the same key or another one of the same
    // connection: Gradient must not hear that it left.
    const isSame = integrationId !== undefined && record?.gradient?.integrationId === integrationId;
    const isBack = isSame || (current ? (await stored(current)) === left : false);
    // who has started again meanwhile is not leaving any more, and its zeros are over
    const isStillSending = zerosAre !== "none" && closingFor(record, leaving) !== null;
    if (isStillSending) {
      if (!(await hasHeard(partnerId, left)) && zerosAre === "sent") return "zeros-first";
    } else if (!isBack) await deactivate(partnerId, left);
    if (current?.secretName !== secretName) await vault.remove(secretName);
    await zeros.end(leaving);
    return isBack ? "reconnected" : "closed";
  };
};
