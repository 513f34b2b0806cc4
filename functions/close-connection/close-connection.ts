import { unobstructed } from "#shared/breakers/obstructed";
import { isAppError } from "#shared/errors";
import { findExport } from "#shared/exports/usage-export";
import type { GradientApi } from "#shared/gradient/gradient-api";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import { findIntegration } from "#shared/integrations/integration";
import type { Clock } from "#shared/pace/clock";
import type { TokenVault } from "#shared/secrets/token-vault";
import type { Table } from "#shared/table/table";

interface Dependencies {
  table: Pick<Table, "get">;
  gradientFor: (partnerId: string) => Pick<GradientApi, "setStatus">;
  vault: Pick<TokenVault, "read" | "remove">;
  clock: Clock;
}

export interface Connection {
  partnerId: string;
  secretName: string;
  versionId: string;
}

export type CloseOutcome = "closed" | "reconnected" | "closed-before";

const pollMs = 500;

/** Tells Gradient that the partner has left, then deletes the token: telling needs the token. */
export const closeConnection = ({ table, gradientFor, vault, clock }: Dependencies) => {
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

  return async ({ partnerId, secretName, versionId }: Connection): Promise<CloseOutcome> => {
    const left = await stored({ secretName, versionId });
    if (left === undefined) return "closed-before";
    await runEnded(partnerId);
    const current = (await findIntegration(table, partnerId))?.token;
    // the partner has connected again with the same key before this message came: Gradient must not hear that it left
    const isBack = current ? (await stored(current)) === left : false;
    if (!isBack) await deactivate(partnerId, left);
    if (current?.secretName !== secretName) await vault.remove(secretName);
    return isBack ? "reconnected" : "closed";
  };
};
