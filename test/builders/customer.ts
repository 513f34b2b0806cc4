import { type Customer, type CustomerRecord, toCustomerItem } from "#shared/customers/customer";
import type { Item } from "#shared/table/table";
import { noon } from "./time.ts";

/** A customer as the feed sends it. */
export const aCustomerRecord = (record: Partial<CustomerRecord> = {}): CustomerRecord => ({
  id: "cust-1",
  name: "Alder & Finch Solicitors",
  billing: "billed",
  ...record,
});

export const aCustomer = (customer: Partial<Customer> = {}): Customer => ({
  ...aCustomerRecord(),
  partnerId: "org-1001",
  removedAt: null,
  retiredAt: null,
  isMapped: null,
  updatedAt: noon,
  version: 1,
  ...customer,
});

export const aCustomerRow = (customer: Partial<Customer> = {}): Item => toCustomerItem(aCustomer(customer));
