import { isAppError } from "#shared/errors";
import { owedClose } from "#shared/exports/ending/final-counts";
import type { GradientConnection } from "#shared/gradient/gradient-api";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import { findIntegration, type Integration, integrationWrite } from "#shared/integrations/integration";
import { type Left, withLeft } from "#shared/integrations/record/left-connections";
import type { TokenVault } from "#shared/secrets/token-vault";
import type { Changing } from "#shared/table/changing";
import { retryOnConflict, written } from "#shared/table/table";

interface Dependencies extends Changing<"get" | "transact"> {
  vault: Pick<TokenVault, "store">;
}

interface Key {
  secretName: string;
  token: PartnerToken;
  connection: GradientConnection;
}

type Store = (found: Integration, key: Key) => Promise<{ before: Integration; secretName: string; versionId: string }>;

/** Stores keys so that none is left over, whoever dies or leaves in between. */
export const storingKey = ({ table, vault, now, newId }: Dependencies) => {
  /** The record says where the first key goes before it is there: a disconnect deletes it even if nobody is left. */
  const announced = async (found: Integration, secretName: string): Promise<Integration> => {
    if ([found.secretName, found.token?.secretName].includes(secretName)) return found;
    const announcing = { ...found, secretName };
    await table.transact([integrationWrite(announcing)]);
    return written(announcing);
  };

  /** The partner has left while this key was being registered, and its secret may have been deleted before that. */
  const forget = (partnerId: string, left: Left): Promise<void> =>
    retryOnConflict(async () => {
      const before = await findIntegration(table, partnerId);
      if (!before) return;
      const moment = { at: now().toISOString(), newId };
      const leftConnections = withLeft(before.leftConnections, left, moment);
      await table.transact([integrationWrite({ ...before, leftConnections }), owedClose(partnerId, left, moment)]);
    });

  return {
    /** Runs `attempt` for as long as it loses to another writer; it stores the key by its argument. */
    registered: async <T>(partnerId: string, attempt: (store: Store) => Promise<T>): Promise<T> => {
      let kept: Left | undefined;
      const store: Store = async (found, { secretName, token, connection }) => {
        const before = await announced(found, secretName);
        const { versionId } = await vault.store(secretName, token);
        kept = { token: { secretName, versionId }, gradient: connection };
        return { before, secretName, versionId };
      };
      try {
        return await retryOnConflict(() => attempt(store));
      } catch (error) {
        if (kept && isAppError(error, "integration.wrong-step")) await forget(partnerId, kept);
        throw error;
      }
    },
  };
};
