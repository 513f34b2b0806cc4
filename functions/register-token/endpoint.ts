import { personEndpoint } from "#shared/lambda/http-endpoint";
import type { IntegrationView } from "#shared/views/integration-view";
import type { registerToken } from "./register-token.ts";
import { type RegisterTokenReply, registerTokenRoute } from "./route.ts";

export const registerTokenEndpoint = (register: ReturnType<typeof registerToken>, view: IntegrationView) =>
  personEndpoint(registerTokenRoute, async ({ request, person: { partnerId, by } }): Promise<RegisterTokenReply> => {
    const integration = await register({ partnerId, text: request.body.partnerToken, by });
    return { status: 200, body: await view(partnerId, integration) };
  });
