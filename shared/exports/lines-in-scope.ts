import { type Customer, isBilled, isBillingKnown } from "../customers/customer.ts";
import { holdsUnits, type LedgerEntry } from "../usage/ledger.ts";
import type { Line } from "./line.ts";

/** What decides on a line that Gradient has heard of. */
export type HeldLine = Pick<LedgerEntry, "customerId" | "serviceId"> & { holdsUnits: boolean };

/** What the lines of a run follow from. */
export interface PlanSources {
  customers: Pick<Customer, "id" | "name" | "billing" | "removedAt">[];
  /** The services that a customer has a count for. */
  counted: Map<string, string[]>;
  held: HeldLine[];
  serviceNames: Map<string, string>;
}

export const heldLine = (entry: LedgerEntry): HeldLine => {
  const { customerId, serviceId } = entry;
  return { customerId, serviceId, holdsUnits: holdsUnits(entry) };
};

const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/**
 * Which lines a run has: every service that a billed customer has a count for, zero too, and everything that Gradient
 * still holds units for although the hub has no count any more or the customer is no longer billed. None of a customer
 * whose billing is a word of another version: neither its count nor a zero would be right, so Gradient keeps what it
 * holds.
 */
export const linesInScope = ({ customers, counted, held, serviceNames }: PlanSources): Line[] => {
  const heldBy = Map.groupBy(held, ({ customerId }) => customerId);
  return customers.filter(isBillingKnown).flatMap((customer) => {
    const billed = isBilled(customer);
    const counts = billed ? (counted.get(customer.id) ?? []) : [];
    const kept = (heldBy.get(customer.id) ?? []).filter((line) => billed || line.holdsUnits);
    const serviceIds = new Set([...counts, ...kept.map(({ serviceId }) => serviceId)]);
    return [...serviceIds].toSorted(byText).map((serviceId) => ({
      customerId: customer.id,
      customerName: customer.name,
      serviceId,
      serviceName: serviceNames.get(serviceId) ?? serviceId,
      billed,
    }));
  });
};
