import * as z from "zod";
import { customerId } from "#shared/customers/customer";
import { feedEndpoint } from "#shared/lambda/http-endpoint";
import { partnerId } from "#shared/partners/partner";
import type { removeCustomer } from "./remove-customer.ts";

export const removeCustomerEndpoint = (remove: ReturnType<typeof removeCustomer>) =>
  feedEndpoint({
    request: z.object({ path: z.object({ partnerId, customerId }) }),
    run: async ({ path }) => {
      await remove(path);
      return { status: 204 };
    },
  });
