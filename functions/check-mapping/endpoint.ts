import * as z from "zod";
import { personEndpoint } from "#shared/lambda/http-endpoint";
import type { checkMapping } from "./check-mapping.ts";

export const checkMappingEndpoint = (check: ReturnType<typeof checkMapping>) =>
  personEndpoint({
    request: z.object({ body: z.strictObject({}).optional() }),
    run: async ({ person: { partnerId, by } }) => ({ status: 202, body: await check({ partnerId, by }) }),
  });
