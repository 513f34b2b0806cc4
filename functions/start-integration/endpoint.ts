import * as z from "zod";
import { personEndpoint } from "#shared/lambda/http-endpoint";
import type { IntegrationView } from "#shared/views/integration-view";
import type { startIntegration } from "./start-integration.ts";

export const startIntegrationEndpoint = (start: ReturnType<typeof startIntegration>, view: IntegrationView) =>
  personEndpoint({
    request: z.object({ body: z.strictObject({}).optional() }),
    run: async ({ person: { partnerId, by } }) => {
      const { integration, isNew } = await start({ partnerId, by });
      return { status: isNew ? 201 : 200, body: await view(partnerId, integration) };
    },
  });
