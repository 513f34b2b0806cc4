import * as z from "zod";
import { personEndpoint } from "#shared/lambda/http-endpoint";
import type { IntegrationView } from "#shared/views/integration-view";
import type { registerToken } from "./register-token.ts";

export const registerTokenEndpoint = (register: ReturnType<typeof registerToken>, view: IntegrationView) =>
  personEndpoint({
    request: z.object({ body: z.strictObject({ partnerToken: z.string() }) }),
    run: async ({ request, person: { partnerId, by } }) => {
      const integration = await register({ partnerId, text: request.body.partnerToken, by });
      return { status: 200, body: await view(partnerId, integration) };
    },
  });
