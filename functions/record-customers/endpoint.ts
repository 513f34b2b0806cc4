import { customerRecord } from "#shared/customers/customer";
import { sortOut } from "#shared/lambda/http/batch";
import { feedEndpoint } from "#shared/lambda/http/http-endpoint";
import type { recordCustomers } from "./record-customers.ts";
import { type RecordCustomersReply, recordCustomersRoute } from "./route.ts";

export const recordCustomersEndpoint = (record: ReturnType<typeof recordCustomers>) =>
  feedEndpoint(recordCustomersRoute, async ({ path, body }): Promise<RecordCustomersReply> => {
    const { good, rejected } = sortOut(customerRecord, body.customers, "customer.invalid");
    await record({ partnerId: path.partnerId, customers: good.map((each) => each.record) });
    return { status: 200, body: { accepted: good.length, rejected } };
  });
