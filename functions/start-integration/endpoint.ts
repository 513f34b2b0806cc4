import type { ChangeGuard } from "#shared/calls/change-guard";
import { changeEndpoint } from "#shared/lambda/http/http-endpoint";
import type { IntegrationView } from "#shared/views/integration-view";
import { type StartIntegrationReply, startIntegrationRoute } from "./route.ts";
import type { startIntegration } from "./start-integration.ts";

export const startIntegrationEndpoint = (
  start: ReturnType<typeof startIntegration>,
  view: IntegrationView,
  guard: ChangeGuard,
) =>
  changeEndpoint(startIntegrationRoute, {
    guard,
    run: async ({ person: { partnerId, by } }): Promise<StartIntegrationReply> => {
      const { integration, isNew } = await start({ partnerId, by });
      return { status: isNew ? 201 : 200, body: await view(partnerId, integration) };
    },
  });
