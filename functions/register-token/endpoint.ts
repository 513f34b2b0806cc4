import type { ChangeGuard } from "#shared/calls/change-guard";
import { changeEndpoint } from "#shared/lambda/http/http-endpoint";
import type { IntegrationView } from "#shared/views/integration-view";
import type { registerToken } from "./register-token.ts";
import { type RegisterTokenReply, registerTokenRoute } from "./route.ts";

export const registerTokenEndpoint = (
  register: ReturnType<typeof registerToken>,
  view: IntegrationView,
  guard: ChangeGuard,
) =>
  changeEndpoint(registerTokenRoute, {
    guard,
    run: async ({ request, person: { partnerId, by } }): Promise<RegisterTokenReply> => {
      const { partnerToken: text, confirmOrganizationChange = false } = request.body;
      const integration = await register({ partnerId, text, by, confirmOrganizationChange });
      return { status: 200, body: await view(partnerId, integration) };
    },
  });
