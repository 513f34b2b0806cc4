import { customerRecord } from "#shared/customers/customer";
import { cannotBeRead } from "#shared/customers/named-customers";
import { sortOut } from "#shared/lambda/http/batch";
import { feedEndpoint } from "#shared/lambda/http/feed-endpoint";
import type { recordCustomers } from "./record-customers.ts";
import { type RecordCustomersReply, recordCustomersRoute } from "./route.ts";

export const recordCustomersEndpoint = (record: ReturnType<typeof recordCustomers>) =>
  feedEndpoint(recordCustomersRoute, async ({ path, body }): Promise<RecordCustomersReply> => {
    const { good, rejected } = sortOut(customerRecord, body.customers, "customer.invalid");
    const unreadable = await record({ partnerId: path.partnerId, customers: good.map((each) => each.record) });
    const refused = good
      .filter(({ record: { id } }) => unreadable.has(id))
      .map(({ index }) => ({ index, ...cannotBeRead }));
    const all = [...rejected, ...refused].sort((a, b) => a.index - b.index);
    return { status: 200, body: { accepted: body.customers.length - all.length, rejected: all } };
  });
