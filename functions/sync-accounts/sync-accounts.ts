import { type Customer, customerWrite, findCustomer, isBilled, listCustomers } from "#shared/customers/customer";
import { isAppError } from "#shared/errors";
import type { GradientAccount } from "#shared/gradient/gradient-api";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import type { GradientSetup } from "#shared/gradient/patient-gradient";
import {
  findIntegration,
  type Integration,
  integrationWrite,
  maySend,
  withProblem,
} from "#shared/integrations/integration";
import { suspendIntegration } from "#shared/integrations/suspend-integration";
import { logger } from "#shared/logger";
import type { SyncReason } from "#shared/outbox/outbox";
import type { Clock } from "#shared/pace/clock";
import type { TokenVault } from "#shared/secrets/token-vault";
import type { OpenWord } from "#shared/stored";
import { retryOnConflict, store, type Table } from "#shared/table/table";
import { readLedger } from "#shared/usage/ledger";
import { type AccountChanges, accountChanges } from "./account-changes.ts";
import { noteMapping } from "./note-mapping.ts";
import { syncServices } from "./sync-services.ts";

type Gradient = Omit<GradientSetup, "setStatus">;

export interface Dependencies {
  table: Table;
  /** Gradient with a slot for each call of this partner. */
  gradientFor: (partnerId: string) => Gradient;
  vault: Pick<TokenVault, "read" | "forget">;
  clock: Clock;
  newId: () => string;
}

export type SyncOutcome = "synced" | "export-started" | "not-connected" | "suspended" | "token-replaced" | "forbidden";

const isRefusal = (error: unknown): boolean =>
  isAppError(error, "gradient.conflict") || isAppError(error, "gradient.refused");

/**
 * Sends all at once or, where Gradient refuses that, one by one: a refused account keeps no other out. Answers the ids
 * of the refused.
 */
const sendEach = async <T extends { id: string }>(accounts: T[], send: (some: T[]) => Promise<void>) => {
  const refused: string[] = [];
  if (accounts.length === 0) return refused;
  try {
    await send(accounts);
    return refused;
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
  for (const account of accounts) {
    try {
      await send([account]);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      // a conflict says that it exists, which is what we want
      if (isAppError(error, "gradient.refused")) refused.push(account.id);
    }
  }
  return refused;
};

const apply = async (
  gradient: Gradient,
  token: PartnerToken,
  { create, change }: AccountChanges,
): Promise<Set<string>> => {
  const notCreated = await sendEach(create, (accounts) => gradient.createAccounts(token, accounts));
  const notChanged = await sendEach(change, (changes) => gradient.changeAccounts(token, changes));
  return new Set([...notCreated, ...notChanged]);
};

/**
 * Brings one partner's customers and the catalogue's services into Gradient, and learns what is mapped there. Reads
 * first and sends only what is missing, so it may run at any time and any number of times.
 */
export const syncAccounts = ({ table, gradientFor, vault, clock, newId }: Dependencies) => {
  const now = () => new Date(clock.now());
  const suspend = suspendIntegration({ table, now, newId });
  const note = noteMapping({ table, now, newId });

  /** Changes one customer's record, if it is still the customer that the change was made for. */
  const amend = (partnerId: string, id: string, change: (customer: Customer) => Customer) =>
    retryOnConflict(async () => {
      const current = await findCustomer(table, partnerId, id);
      if (!current) return;
      const changed = change(current);
      if (JSON.stringify(changed) === JSON.stringify(current)) return;
      await store(table, customerWrite(changed));
    });

  const noteCustomers = async (
    customers: Customer[],
    accounts: Map<string, GradientAccount>,
    { retire, revive }: Pick<AccountChanges, "retire" | "revive">,
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

  const noteForbidden = (partnerId: string) =>
    retryOnConflict(async () => {
      const before = await findIntegration(table, partnerId);
      if (!before || !maySend(before)) return;
      await table.transact([integrationWrite(withProblem(before, "gradient.forbidden", now().toISOString()))]);
    });

  const sync = async (
    integration: Integration,
    token: PartnerToken,
    reason: OpenWord<SyncReason>,
  ): Promise<SyncOutcome> => {
    const { partnerId, ledgerBits: bits } = integration;
    const gradient = gradientFor(partnerId);
    const connection = await gradient.readConnection(token);
    await syncServices({ table, gradient, clock })(token);
    const accounts = new Map((await gradient.readAccounts(token)).map((account) => [account.id, account]));
    const customers = await listCustomers(table, partnerId);
    const { integrationId: connectionId } = connection;
    const ledger = [...(await readLedger(table, { partnerId, bits, connectionId })).values()];
    const changes = accountChanges(customers, accounts, ledger);
    const refused = await apply(gradient, token, changes);
    if (refused.size > 0) logger.error("gradient refused accounts", { accounts: refused.size });
    const done = ({ id }: Customer) => !refused.has(id);
    await noteCustomers(customers, accounts, {
      retire: changes.retire.filter(done),
      revive: changes.revive.filter(done),
    });
    const billed = customers.filter(isBilled);
    return note({ partnerId, reason, connection, billed, accounts, ledger, hasRefused: refused.size > 0 });
  };

  return async ({ partnerId, reason }: { partnerId: string; reason: OpenWord<SyncReason> }): Promise<SyncOutcome> => {
    const integration = await findIntegration(table, partnerId);
    if (!integration?.token || !maySend(integration)) return "not-connected";
    const { secretName, versionId } = integration.token;
    try {
      return await sync(integration, await vault.read(secretName, versionId), reason);
    } catch (error) {
      if (isAppError(error, "gradient.forbidden")) {
        // trying again would make it worse: an operator has to clear it with Gradient
        logger.error("gradient refuses all calls, an operator has to clear it");
        await noteForbidden(partnerId);
        return "forbidden";
      }
      // it was deleted by hand, or pinned wrongly: no repeat brings it back
      if (isAppError(error, "token.missing")) logger.error("a registered token is missing from the secret store");
      if (!isAppError(error, "gradient.token-rejected")) throw error;
      vault.forget(secretName);
      return suspend({ partnerId, versionId });
    }
  };
};
