import { listCustomers } from "#shared/customers/customer";
import type { GradientConnection } from "#shared/gradient/gradient-api";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import type { GradientSetup } from "#shared/gradient/patient-gradient";
import type { Changing } from "#shared/table/changing";
import { readLedger } from "#shared/usage/ledger";
import { hadAccount } from "./account-changes.ts";
import type { Begun } from "./begin-look.ts";
import { isInactiveNow } from "./suspect-disconnection.ts";

interface Dependencies extends Pick<Changing, "table"> {
  gradientFor: (partnerId: string) => Pick<GradientSetup, "readAccounts">;
}

/**
 * Whether a partner that seemed to have disconnected in Gradient is connected there: its connection is in use, as far
 * as it was before, and Gradient lists an account that it had, be it of a customer that was removed since. That its key
 * is good tells nothing: whoever disconnects there loses the accounts, and the key may go on answering. Costs a call.
 */
export const isBackThere =
  ({ table, gradientFor }: Dependencies) =>
  async ({ integration }: Begun, token: PartnerToken, connection: GradientConnection): Promise<boolean> => {
    const { partnerId, ledgerBits: bits, gradient, proofGen } = integration;
    if (isInactiveNow(gradient, connection)) return false;
    const listed = new Set((await gradientFor(partnerId).readAccounts(token)).map(({ id }) => id));
    if (listed.size === 0) return false;
    const ledger = await readLedger(table, { partnerId, bits, connectionId: gradient?.integrationId ?? "" });
    const { customers } = await listCustomers(table, partnerId);
    return customers.filter(({ id }) => listed.has(id)).some(hadAccount([...ledger.values()], proofGen));
  };
