import { feedEndpoint } from "#shared/lambda/http-endpoint";
import type { removeCustomer } from "./remove-customer.ts";
import { type RemoveCustomerReply, removeCustomerRoute } from "./route.ts";

export const removeCustomerEndpoint = (remove: ReturnType<typeof removeCustomer>) =>
  feedEndpoint(removeCustomerRoute, async ({ path }): Promise<RemoveCustomerReply> => {
    await remove(path);
    return { status: 204 };
  });
