import { type Customer, listCustomers } from "#shared/customers/customer";
import type { GradientConnection } from "#shared/gradient/gradient-api";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import type { GradientSetup } from "#shared/gradient/patient-gradient";
import type { Integration } from "#shared/integrations/integration";
import type { Changing } from "#shared/table/changing";
import type { Table } from "#shared/table/table";
import { readLedger } from "#shared/usage/ledger";
import { hadAccount } from "./account-changes.ts";
import type { Begun } from "./begin-look.ts";
import { isInactiveNow } from "./suspect-disconnection.ts";

interface Dependencies extends Pick<Changing, "table"> {
  gradientFor: (partnerId: string) => Pick<GradientSetup, "readAccounts">;
}

/**
 * The customers of whom Gradient has had an account. Nobody else can be seen there again, or be missed there: while
 * there is none, a connection that is not in use may be a new one.
 */
export const customersThere = async (table: Table, integration: Integration): Promise<Customer[]> => {
  const { partnerId, ledgerBits: bits, gradient, proofGen } = integration;
  const ledger = await readLedger(table, { partnerId, bits, connectionId: gradient?.integrationId ?? "" });
  const { customers } = await listCustomers(table, partnerId);
  return customers.filter(hadAccount([...ledger.values()], proofGen));
};

/**
 * Whether a partner that seemed to have disconnected in Gradient is connected there: its connection is in use, as far
 * as it was before, and Gradient lists an account that it had, be it of a customer that was removed since. That its key
 * is good tells nothing: whoever disconnects there loses the accounts, and the key may go on answering. Costs a call.
 */
export const isBackThere =
  ({ table, gradientFor }: Dependencies) =>
  async ({ integration }: Begun, token: PartnerToken, connection: GradientConnection): Promise<boolean> => {
    const { partnerId, gradient } = integration;
    if (isInactiveNow(gradient, connection)) return false;
    const listed = new Set((await gradientFor(partnerId).readAccounts(token)).map(({ id }) => id));
    if (listed.size === 0) return false;
    return (await customersThere(table, integration)).some(({ id }) => listed.has(id));
  };
