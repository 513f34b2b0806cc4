import * as z from "zod";
import { customerRecord } from "#shared/customers/customer";
import { batchOf } from "#shared/lambda/http/batch";
import { docs, type ReplyOf } from "#shared/lambda/http/docs";
import { route } from "#shared/lambda/http/route";
import { partnerId } from "#shared/partners/partner";
import { batchReply } from "#shared/wire";

export const recordCustomersRoute = route({
  method: "POST",
  path: "/v1/hub/partners/{partnerId}/customers",
  callers: "feed",
  request: z.object({ path: z.object({ partnerId }), body: z.strictObject({ customers: batchOf(500) }) }),
});

export const recordCustomersDocs = () =>
  docs({
    id: "recordCustomers",
    tag: "Feed",
    summary: "Tell of customers",
    description: "Each is stored as described; a customer that was removed comes back.",
    example: { customers: [{ id: "cust-001", name: "Northwind Dental", billing: "billed" }] },
    items: { customers: customerRecord },
    replies: { 200: { description: "What became of the batch", body: batchReply } },
    problems: { 404: ["partner.unknown"] },
  });

export type RecordCustomersReply = ReplyOf<typeof recordCustomersDocs>;
