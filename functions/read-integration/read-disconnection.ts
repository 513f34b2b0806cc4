import { findIntegration } from "#shared/integrations/integration";
import type { Table } from "#shared/table/table";
import { type Held, heldRows, holdsUnits } from "#shared/usage/ledger";

// what stays and what goes, in the words of the page
const deleted = [
  "the key that connects the hub with Gradient",
  "the confirmation of the agreement: it is asked for again",
];
const kept = [
  "the history of what was sent, with its receipts",
  "the audit trail",
  "the schedule, the recipients of results and what was left out: they come back when you connect again",
];

/** Of a number without an answer and the one before it nobody knows which one Gradient holds. */
const unitsOf = ({ accepted, doubt }: Held): number => Math.max(accepted?.unitCount ?? 0, doubt?.unitCount ?? 0);

/**
 * What disconnecting would do: whose counts Gradient holds on with, or may hold on with, and what becomes of what the
 * service keeps.
 */
export const readDisconnection =
  ({ table }: { table: Pick<Table, "get" | "query"> }) =>
  async (partnerId: string) => {
    const integration = await findIntegration(table, partnerId);
    // while zeros are on their way, what is left of them
    const gradient = integration?.gradient ?? integration?.closing?.gradient;
    const accounts = new Set<string>();
    const sum: { lines: number; units: number; lastSentAt: string | null } = { lines: 0, units: 0, lastSentAt: null };
    const note = (lines: Held[]): void => {
      for (const line of lines) {
        const acceptedAt = line.accepted?.at ?? "";
        if (acceptedAt > (sum.lastSentAt ?? "")) sum.lastSentAt = acceptedAt;
        if (!holdsUnits(line)) continue;
        accounts.add(line.customerId);
        sum.lines += 1;
        sum.units += unitsOf(line);
      }
    };
    if (integration && gradient) {
      const ledger = { partnerId, bits: integration.ledgerBits, connectionId: gradient.integrationId };
      for await (const lines of heldRows(table, ledger)) note(lines);
    }
    return { accounts: accounts.size, ...sum, deleted: integration?.token ? deleted : [], kept };
  };
