import { customerId } from "#shared/customers/customer";
import { cannotBeRead } from "#shared/customers/named-customers";
import { sortOut } from "#shared/lambda/http/batch";
import { feedEndpoint } from "#shared/lambda/http/feed-endpoint";
import { httpRoutes } from "#shared/lambda/http/http-routes";
import { keyOf } from "#shared/lambda/http/route";
import type { removeCustomer, removeCustomers } from "./remove-customer.ts";
import {
  type RemoveCustomerReply,
  type RemoveCustomersReply,
  removeCustomerRoute,
  removeCustomersRoute,
} from "./route.ts";

interface Verbs {
  removeOne: ReturnType<typeof removeCustomer>;
  removeMany: ReturnType<typeof removeCustomers>;
}

const unknown = {
  code: "customer.unknown",
  detail: "There is no such customer: it was never told of. Look at the id.",
};

/** One customer by its path, or many by their ids in the body. */
export const removeCustomerEndpoint = ({ removeOne, removeMany }: Verbs) =>
  httpRoutes({
    [keyOf(removeCustomerRoute)]: feedEndpoint(removeCustomerRoute, async ({ path }): Promise<RemoveCustomerReply> => {
      await removeOne(path);
      return { status: 204 };
    }),
    [keyOf(removeCustomersRoute)]: feedEndpoint(
      removeCustomersRoute,
      async ({ path: { partnerId }, body: { customerIds } }): Promise<RemoveCustomersReply> => {
        const { good, rejected } = sortOut(customerId, customerIds, "customer.invalid");
        const left = await removeMany({ partnerId, customerIds: good.map(({ record }) => record) });
        const refusalOf = (id: string) =>
          left.unknown.has(id) ? [unknown] : left.unreadable.has(id) ? [cannotBeRead] : [];
        const refused = good.flatMap(({ index, record }) => refusalOf(record).map((why) => ({ index, ...why })));
        const all = [...rejected, ...refused].sort((a, b) => a.index - b.index);
        return { status: 200, body: { accepted: customerIds.length - all.length, rejected: all } };
      },
    ),
  });
