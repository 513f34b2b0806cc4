import type { ChangeGuard } from "#shared/calls/change-guard";
import { changeEndpoint } from "#shared/lambda/http/http-endpoint";
import type { IntegrationView } from "#shared/views/integration-view";
import type { disconnectIntegration } from "./disconnect-integration.ts";
import { type DisconnectIntegrationReply, disconnectIntegrationRoute } from "./route.ts";

export const disconnectIntegrationEndpoint = (
  disconnect: ReturnType<typeof disconnectIntegration>,
  view: IntegrationView,
  guard: ChangeGuard,
) =>
  changeEndpoint(disconnectIntegrationRoute, {
    guard,
    run: async ({ request: { query }, person: { partnerId, by } }): Promise<DisconnectIntegrationReply> => ({
      status: 202,
      body: await view(partnerId, await disconnect({ partnerId, by, ...query })),
    }),
  });
