import { findIntegration, type Integration, integrationWrite } from "#shared/integrations/integration";
import { isSecretNeeded, type LeftConnection, withUnrecorded } from "#shared/integrations/record/left-connections";
import type { TokenVault } from "#shared/secrets/token-vault";
import type { Changing } from "#shared/table/changing";
import { retryOnConflict } from "#shared/table/table";
import { closingFor, type Leaving, sendZeros } from "./send-zeros.ts";

interface Dependencies extends Changing<"get" | "transact"> {
  vault: Pick<TokenVault, "remove">;
}

interface Found {
  /** What the record said when the message came; a connection that was left anew since then has another message. */
  entry: LeftConnection | undefined;
  /** Null where nobody knows it. */
  organizationId: string | null;
  isStored: boolean;
}

/**
 * The end of a connection that was left: nothing is owed for it any more, and its secret goes with the last connection
 * that has a key in it. The secret goes before the record says so: whoever dies in between is followed by another.
 */
export const forgetKey = ({ table, vault, now, newId }: Dependencies) => {
  const zeros = sendZeros({ table, now, newId });
  return (leaving: Leaving, { entry, organizationId, isStored }: Found): Promise<void> =>
    retryOnConflict(async () => {
      const { partnerId, secretName, integrationId = null } = leaving;
      const before = await findIntegration(table, partnerId);
      if (!before) return;
      const isRecorded = entry !== undefined || closingFor(before, leaving) !== null;
      const { after, writes } = await zeros.ended(before, leaving);
      const rest: Integration = {
        ...after,
        leftConnections: after.leftConnections.filter(({ id }) => id !== entry?.id),
      };
      const isNeeded = isSecretNeeded(rest, secretName);
      if (isRecorded) {
        if (!isNeeded) await vault.remove(secretName);
        await table.transact([integrationWrite(rest), ...writes]);
      } else if (!isNeeded && isStored) {
        const moment = { at: now().toISOString(), newId };
        const leftConnections = withUnrecorded(
          rest.leftConnections,
          { token: leaving, gradient: { integrationId, organizationId } },
          moment,
        );
        await table.transact([integrationWrite({ ...rest, leftConnections })]);
      }
    });
};
