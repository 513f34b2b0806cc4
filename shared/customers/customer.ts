import * as z from "zod";
import { displayName, identifier, instant } from "../identifier.ts";
import { leftOut } from "../integrations/record/left-out.ts";
import { partnerPk } from "../partners/partner.ts";
import { openEnum, readableOf, readRow } from "../stored.ts";
import { allItems, type Item, type Key, type RowWrite, type Table, versioned } from "../table/table.ts";

export const customerId = identifier;

const billing = z.enum(["billed", "trial", "not-provisioned"]);

/** As the feed puts it. */
export const customerRecord = z.strictObject({ id: customerId, name: displayName, billing });
export type CustomerRecord = z.infer<typeof customerRecord>;

/** One of a partner's customers; in Gradient an account under the same id. */
const customer = z.object({
  id: z.string(),
  name: z.string(),
  billing: openEnum<CustomerRecord["billing"]>(),
  partnerId: z.string(),
  /** When the hub removed it; its counts then go to zero in Gradient. */
  removedAt: instant.nullable(),
  /** When it was removed last; kept when it comes back, for it has no count until it is measured after that. */
  leftAt: instant.nullish(),
  /** When its account was retired in Gradient, after the zeros were accepted. */
  retiredAt: instant.nullable(),
  /** Noted before the call that retires its account: should nobody hear how that ended, it may be retired. */
  isRetiring: z.boolean().nullish(),
  /** As Gradient last told; null where it does not tell. */
  isMapped: z.boolean().nullable(),
  /**
   * Since when it has an account: noted once Gradient has taken or shown it. Missing there from then on, the account
   * is gone and not new.
   */
  accountSince: instant.nullish(),
  /**
   * Since when Gradient's list lacks the account that it had: that loss is noted, and is none again before the account
   * has been listed. One that is never listed would be a loss at every look.
   */
  unlistedSince: instant.nullish(),
  /** A person has left it out of what is billed. It stays so when the partner connects anew, and when it comes back. */
  leftOut: leftOut.nullish(),
  /** When it was known to be mapped: first, and last before it was not any more. */
  mappedAt: instant.nullish(),
  /** Gradient does not take it, or not under this name; in Gradient's words. */
  refusal: z.object({ name: z.string(), words: z.string(), at: instant }).nullish(),
  /** The name that Gradient took last, and what it shows since the account was renamed; null before that is seen. */
  renamed: z.object({ to: z.string(), shownAs: z.string().nullable() }).nullish(),
  /** After its removal: on how many days Gradient has answered its zeros with a 404, and on which last. */
  zerosMissed: z.object({ days: z.int(), on: z.string() }).nullish(),
  updatedAt: instant,
  version: z.number(),
});
export type Customer = z.infer<typeof customer>;

type Decisive = Pick<Customer, "billing" | "removedAt"> & { leftOut?: unknown };

/**
 * Trials, customers without a product, removed ones and those that a person has left out are not billed, so what they
 * use is not sent.
 */
export const isBilled = ({ billing: held, removedAt, leftOut: decision = null }: Decisive): boolean =>
  held === "billed" && removedAt === null && decision === null;

/** False for a word of another version: then its usage is not sent, and no zeros are either. */
export const isBillingKnown = ({ billing: held, removedAt }: Pick<Customer, "billing" | "removedAt">): boolean =>
  removedAt !== null || billing.safeParse(held).success;

/** What the keys of a partner's customers begin with. */
export const customerPrefix = "customer#";

export const customerKey = (partnerId: string, id: string): Key => ({
  pk: partnerPk(partnerId),
  sk: `${customerPrefix}${id}`,
});

export const toCustomerItem = (value: Customer): Item => ({ ...value, ...customerKey(value.partnerId, value.id) });
export const fromCustomerItem = (item: Item): Customer => readRow(customer, item);

/** The new state, if nobody changed the record since it was read. */
export const customerWrite = (value: Customer): RowWrite => versioned(toCustomerItem(value));

export const findCustomer = async (
  table: Pick<Table, "get">,
  partnerId: string,
  id: string,
): Promise<Customer | undefined> => {
  const item = await table.get(customerKey(partnerId, id));
  return item && fromCustomerItem(item);
};

const customerRows = (table: Pick<Table, "query">, partnerId: string): Promise<Item[]> =>
  Array.fromAsync(allItems(table, { pk: partnerPk(partnerId), prefix: customerPrefix }));

/**
 * All customers of a partner that can be read, removed ones too, by id; and how many others there are. What concerns
 * these has to stay as it is.
 */
export const listCustomers = async (table: Pick<Table, "query">, partnerId: string) => {
  const rows = await customerRows(table, partnerId);
  const customers = readableOf(rows, fromCustomerItem);
  return { customers, unreadable: rows.length - customers.length };
};

/** The same to look at. */
export const showCustomers = async (table: Pick<Table, "query">, partnerId: string): Promise<Customer[]> =>
  (await listCustomers(table, partnerId)).customers;

type Fields = Partial<Record<keyof Customer, "something" | "nothing">>;

/** How many customers the feed has told of, removed ones too, and how many of them have these fields, or lack them. */
export const customerCounts = (table: Pick<Table, "count">, partnerId: string, where: Fields) =>
  table.count({ pk: partnerPk(partnerId), prefix: customerPrefix, where });
