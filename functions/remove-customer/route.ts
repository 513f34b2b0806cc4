import * as z from "zod";
import { customerId } from "#shared/customers/customer";
import { docs, type ReplyOf } from "#shared/lambda/docs";
import { route } from "#shared/lambda/route";
import { partnerId } from "#shared/partners/partner";

export const removeCustomerRoute = route({
  method: "DELETE",
  path: "/v1/hub/partners/{partnerId}/customers/{customerId}",
  callers: "feed",
  request: z.object({ path: z.object({ partnerId, customerId }) }),
});

export const removeCustomerDocs = () =>
  docs({
    id: "removeCustomer",
    tag: "Feed",
    summary: "Remove a customer",
    description: "Its counts go to zero in Gradient, then it is retired there.",
    replies: { 204: { description: "Removed, now or before" } },
    problems: { 404: ["partner.unknown", "customer.unknown"] },
  });

export type RemoveCustomerReply = ReplyOf<typeof removeCustomerDocs>;
