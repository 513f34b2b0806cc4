import { type Customer, isBilled, isBillingKnown } from "../customers/customer.ts";
import { holdsUnits, type LedgerEntry } from "../usage/ledger.ts";
import type { Line } from "./line.ts";

/** What decides on a line that Gradient has heard of; `isOwed`: it is to be sent again whatever Gradient holds. */
export type HeldLine = Pick<LedgerEntry, "customerId" | "serviceId"> & { holdsUnits: boolean; isOwed: boolean };

/** What the lines of a run follow from. */
export interface LineSources {
  customers: (Pick<Customer, "id" | "name" | "billing" | "removedAt"> & { leftOut?: unknown })[];
  /** By customer, the services that it has a count for. */
  counted: ReadonlyMap<string, ReadonlyMap<string, unknown>>;
  held: HeldLine[];
  serviceNames: Map<string, string>;
  /** Services that the partner has left out. */
  leftOutServiceIds: ReadonlySet<string>;
}

export const heldLine = (entry: LedgerEntry): HeldLine => {
  const { customerId, serviceId, accepted, owed } = entry;
  return { customerId, serviceId, holdsUnits: holdsUnits(entry), isOwed: accepted !== null && owed !== null };
};

const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/**
 * Which lines a run has: every service that a billed customer has a count for, zero too, and everything that Gradient
 * still holds units for although the hub has no count any more, or the customer is no longer billed, or the service is
 * left out; of these also a zero that is in no view yet. None of a customer whose billing is a word of another version:
 * neither its count nor a zero would be right, so Gradient keeps what it holds.
 */
export const linesInScope = ({ customers, counted, held, serviceNames, leftOutServiceIds }: LineSources): Line[] => {
  const heldBy = Map.groupBy(held, ({ customerId }) => customerId);
  return customers.filter(isBillingKnown).flatMap((customer) => {
    const isCustomerBilled = isBilled(customer);
    const isLineBilled = (serviceId: string) => isCustomerBilled && !leftOutServiceIds.has(serviceId);
    const counts = [...(counted.get(customer.id)?.keys() ?? [])].filter(isLineBilled);
    const isKept = (line: HeldLine) => isLineBilled(line.serviceId) || line.holdsUnits || line.isOwed;
    const kept = (heldBy.get(customer.id) ?? []).filter(isKept);
    const serviceIds = new Set([...counts, ...kept.map(({ serviceId }) => serviceId)]);
    return [...serviceIds].toSorted(byText).map((serviceId) => ({
      customerId: customer.id,
      customerName: customer.name,
      serviceId,
      serviceName: serviceNames.get(serviceId) ?? serviceId,
      billed: isLineBilled(serviceId),
    }));
  });
};
