import * as z from "zod";
import { personEndpoint } from "#shared/lambda/http-endpoint";
import type { IntegrationView } from "#shared/views/integration-view";
import type { disconnectIntegration } from "./disconnect-integration.ts";

export const disconnectIntegrationEndpoint = (
  disconnect: ReturnType<typeof disconnectIntegration>,
  view: IntegrationView,
) =>
  personEndpoint({
    request: z.object({ body: z.strictObject({}).optional() }),
    run: async ({ person: { partnerId, by } }) => ({
      status: 202,
      body: await view(partnerId, await disconnect({ partnerId, by })),
    }),
  });
