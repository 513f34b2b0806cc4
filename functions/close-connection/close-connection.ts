import { isAppError } from "#shared/errors";
import type { GradientApi } from "#shared/gradient/gradient-api";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import { findIntegration } from "#shared/integrations/integration";
import type { TokenVault } from "#shared/secrets/token-vault";
import type { Table } from "#shared/table/table";
import type { Pacer } from "#shared/usage/pacer";

interface Dependencies {
  table: Pick<Table, "get">;
  gradient: Pick<GradientApi, "setStatus">;
  vault: Pick<TokenVault, "read" | "remove">;
  pacerFor: (partnerId: string) => Pacer;
}

export interface Connection {
  partnerId: string;
  secretName: string;
  versionId: string;
}

export type CloseOutcome = "closed" | "reconnected" | "closed-before";

/** Tells Gradient that the partner has left, then deletes the token: in this order, since telling needs it. */
export const closeConnection = ({ table, gradient, vault, pacerFor }: Dependencies) => {
  const deactivate = async (partnerId: string, token: PartnerToken) => {
    await pacerFor(partnerId).slot();
    try {
      await gradient.setStatus(token, "inactive");
    } catch (error) {
      // a token that Gradient refuses is as good as disconnected
      if (!isAppError(error, "gradient.token-rejected")) throw error;
    }
  };

  return async ({ partnerId, secretName, versionId }: Connection): Promise<CloseOutcome> => {
    const integration = await findIntegration(table, partnerId);
    // the partner was quicker than this message: its new token lives under the same name
    if (integration?.token) return "reconnected";
    try {
      await deactivate(partnerId, await vault.read(secretName, versionId));
    } catch (error) {
      if (!isAppError(error, "token.missing")) throw error;
      return "closed-before";
    }
    await vault.remove(secretName);
    return "closed";
  };
};
