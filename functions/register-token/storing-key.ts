import { owedClose } from "#shared/exports/ending/final-counts";
import type { GradientConnection } from "#shared/gradient/gradient-api";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import { findIntegration, type Integration, integrationWrite } from "#shared/integrations/integration";
import { isSecretNeeded, type Left, withLeft } from "#shared/integrations/record/left-connections";
import { logFailure } from "#shared/log-failure";
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

  /**
   * Of the keys that were stored those that no connection has: the partner has left while one was being registered, or
   * has started again, and its secret may have been deleted before it was stored.
   */
  const forget = (partnerId: string, stored: Left[]): Promise<void> =>
    retryOnConflict(async () => {
      const before = await findIntegration(table, partnerId);
      if (!before) return;
      // whoever deletes the secret of a connection that was left may have done so before this key came
      const current = { ...before, closing: null, leftConnections: [] };
      const over = stored.filter(({ token: { secretName } }) => !isSecretNeeded(current, secretName));
      if (over.length === 0) return;
      const moment = { at: now().toISOString(), newId };
      const leftConnections = over.reduce((all, left) => withLeft(all, left, moment), before.leftConnections);
      await table.transact([
        integrationWrite({ ...before, leftConnections }),
        ...over.map((left) => owedClose(partnerId, left, moment)),
      ]);
    });

  return {
    /** Runs `attempt` for as long as it loses to another writer; it stores the key by its argument. */
    registered: async <T>(partnerId: string, attempt: (store: Store) => Promise<T>): Promise<T> => {
      const stored = new Map<string, Left>();
      const store: Store = async (found, { secretName, token, connection: gradient }) => {
        const before = await announced(found, secretName);
        // it may be there although nobody hears so
        if (!stored.has(secretName)) stored.set(secretName, { token: { secretName, versionId: "" }, gradient });
        const { versionId } = await vault.store(secretName, token);
        stored.set(secretName, { token: { secretName, versionId }, gradient });
        return { before, secretName, versionId };
      };
      try {
        return await retryOnConflict(() => attempt(store));
      } finally {
        if (stored.size > 0) {
          await forget(partnerId, [...stored.values()]).catch((error: unknown) =>
            logFailure("a key may be left over in the vault", error),
          );
        }
      }
    },
  };
};
