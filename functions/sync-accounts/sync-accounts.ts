import { type Customer, findCustomer, isBilled, listCustomers, toCustomerItem } from "#shared/customers/customer";
import { AppError, isAppError } from "#shared/errors";
import type { GradientAccount, GradientApi } from "#shared/gradient/gradient-api";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import { findIntegration, type Integration, maySend } from "#shared/integrations/integration";
import { suspendIntegration } from "#shared/integrations/suspend-integration";
import { logger } from "#shared/logger";
import type { TokenVault } from "#shared/secrets/token-vault";
import { retryOnConflict, type Table } from "#shared/table/table";
import { readLedger } from "#shared/usage/ledger";
import { type AccountChanges, accountChanges } from "./account-changes.ts";
import { noteMapping, type SyncReason } from "./note-mapping.ts";
import { syncServices } from "./sync-services.ts";

type Gradient = Omit<GradientApi, "setUnitCount" | "setStatus">;

export interface Dependencies {
  table: Table;
  /** Gradient with a slot for each call of this partner. */
  gradientFor: (partnerId: string) => Gradient;
  vault: Pick<TokenVault, "read" | "forget">;
  now: () => Date;
  newId: () => string;
}

export type SyncOutcome = "synced" | "export-started" | "not-connected" | "suspended" | "token-replaced";

/** One by one where Gradient did not take all at once, so that one refused account keeps no other out. Answers the refused. */
const createEach = async (gradient: Gradient, token: PartnerToken, accounts: { id: string; name: string }[]) => {
  const refused: string[] = [];
  for (const account of accounts) {
    try {
      await gradient.createAccounts(token, [account]);
    } catch (error) {
      // a conflict says that it exists, which is what we want
      if (isAppError(error, "gradient.conflict")) continue;
      if (!isAppError(error, "gradient.refused")) throw error;
      refused.push(account.id);
    }
  }
  return refused;
};

const apply = async (
  gradient: Gradient,
  token: PartnerToken,
  { create, change }: AccountChanges,
): Promise<string[]> => {
  let refused: string[] = [];
  try {
    if (create.length > 0) await gradient.createAccounts(token, create);
  } catch (error) {
    if (!(error instanceof AppError) || !["gradient.conflict", "gradient.refused"].includes(error.code)) throw error;
    refused = await createEach(gradient, token, create);
  }
  if (change.length > 0) await gradient.changeAccounts(token, change);
  return refused;
};

/**
 * Brings one partner's customers and the catalogue's services into Gradient, and learns what is mapped there. Reads first and
 * sends only what is missing, so it may run at any time and any number of times.
 */
export const syncAccounts = ({ table, gradientFor, vault, now, newId }: Dependencies) => {
  const suspend = suspendIntegration({ table, now, newId });
  const note = noteMapping({ table, now, newId });

  /** Changes one customer's record, if it is still the customer that the change was made for. */
  const amend = (partnerId: string, id: string, change: (customer: Customer) => Customer) =>
    retryOnConflict(async () => {
      const current = await findCustomer(table, partnerId, id);
      if (!current) return;
      const changed = change(current);
      if (JSON.stringify(changed) === JSON.stringify(current)) return;
      await table.put(toCustomerItem({ ...changed, version: current.version + 1 }), current.version);
    });

  const noteCustomers = async (
    customers: Customer[],
    accounts: Map<string, GradientAccount>,
    { retire, revive }: AccountChanges,
  ) => {
    const at = now().toISOString();
    const told = (id: string) => accounts.get(id)?.isMapped ?? null;
    for (const { id, partnerId, isMapped } of customers) {
      if (isMapped !== told(id)) await amend(partnerId, id, (current) => ({ ...current, isMapped: told(id) }));
    }
    for (const { id, partnerId } of retire) {
      await amend(partnerId, id, (current) => (current.removedAt === null ? current : { ...current, retiredAt: at }));
    }
    for (const { id, partnerId } of revive) await amend(partnerId, id, (current) => ({ ...current, retiredAt: null }));
  };

  const sync = async (integration: Integration, token: PartnerToken, reason: SyncReason): Promise<SyncOutcome> => {
    const { partnerId, ledgerBits: bits } = integration;
    const gradient = gradientFor(partnerId);
    const connection = await gradient.readConnection(token);
    await syncServices({ table, gradient, now })(token);
    const accounts = new Map((await gradient.readAccounts(token)).map((account) => [account.id, account]));
    const customers = await listCustomers(table, partnerId);
    const { integrationId: connectionId } = connection;
    const ledger = [...(await readLedger(table, { partnerId, bits, connectionId })).values()];
    const changes = accountChanges(customers, accounts, ledger);
    const refused = await apply(gradient, token, changes);
    if (refused.length > 0) logger.error("gradient refused accounts", { accounts: refused.length });
    await noteCustomers(customers, accounts, changes);
    const billed = customers.filter(isBilled);
    return note({ partnerId, reason, connection, billed, accounts, ledger, hasRefused: refused.length > 0 });
  };

  return async ({ partnerId, reason }: { partnerId: string; reason: SyncReason }): Promise<SyncOutcome> => {
    const integration = await findIntegration(table, partnerId);
    if (!integration?.token || !maySend(integration)) return "not-connected";
    const { secretName, versionId } = integration.token;
    try {
      return await sync(integration, await vault.read(secretName, versionId), reason);
    } catch (error) {
      if (!isAppError(error, "gradient.token-rejected")) throw error;
      vault.forget(secretName);
      return suspend({ partnerId, versionId });
    }
  };
};
