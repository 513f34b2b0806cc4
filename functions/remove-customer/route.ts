import * as z from "zod";
import { customerId } from "#shared/customers/customer";
import { pathIdentifier } from "#shared/identifier";
import { batchOf } from "#shared/lambda/http/batch";
import { docs, type ReplyOf } from "#shared/lambda/http/docs";
import { route } from "#shared/lambda/http/route";
import { partnerId } from "#shared/partners/partner";
import { batchReply } from "#shared/wire";

const base = "/v1/hub/partners/{partnerId}/customers";

export const removeCustomerRoute = route({
  method: "DELETE",
  path: `${base}/{customerId}`,
  callers: "feed",
  request: z.object({ path: z.object({ partnerId, customerId: pathIdentifier }) }),
});

export const removeCustomerDocs = () =>
  docs({
    id: "removeCustomer",
    tag: "Feed",
    summary: "Remove a customer",
    description:
      "Its counts go to zero in Gradient, then it is retired there. For an id of other characters, ask for removals.",
    replies: { 204: { description: "Removed, now or before" } },
    problems: { 404: ["partner.unknown", "customer.unknown"] },
  });

export type RemoveCustomerReply = ReplyOf<typeof removeCustomerDocs>;

export const removeCustomersRoute = route({
  method: "POST",
  path: `${base}/removals`,
  callers: "feed",
  request: z.object({ path: z.object({ partnerId }), body: z.strictObject({ customerIds: batchOf(500) }) }),
});

export const removeCustomersDocs = () =>
  docs({
    id: "removeCustomers",
    tag: "Feed",
    summary: "Remove customers of any ids",
    example: { customerIds: ["cust-001", "Řeznictví / Dvořák"] },
    items: { customerIds: customerId },
    replies: { 200: { description: "What became of the batch", body: batchReply } },
    problems: { 404: ["partner.unknown"] },
  });

export type RemoveCustomersReply = ReplyOf<typeof removeCustomersDocs>;
