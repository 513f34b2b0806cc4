import * as z from "zod";
import { customerRecord } from "#shared/customers/customer";
import { batchOf, sortOut } from "#shared/lambda/batch";
import { feedEndpoint } from "#shared/lambda/http-endpoint";
import { partnerId } from "#shared/partners/partner";
import type { recordCustomers } from "./record-customers.ts";

export const recordCustomersEndpoint = (record: ReturnType<typeof recordCustomers>) =>
  feedEndpoint({
    request: z.object({ path: z.object({ partnerId }), body: z.strictObject({ customers: batchOf(500) }) }),
    run: async ({ path, body }) => {
      const { good, rejected } = sortOut(customerRecord, body.customers, "customer.invalid");
      await record({ partnerId: path.partnerId, customers: good.map((each) => each.record) });
      return { status: 200, body: { accepted: good.length, rejected } };
    },
  });
