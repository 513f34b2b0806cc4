import type { ChangeGuard } from "#shared/calls/change-guard";
import { changeEndpoint } from "#shared/lambda/http/http-endpoint";
import type { IntegrationView } from "#shared/views/integration-view";
import type { putNotifications } from "./put-notifications.ts";
import { type PutNotificationsReply, putNotificationsRoute } from "./route.ts";

export const putNotificationsEndpoint = (
  put: ReturnType<typeof putNotifications>,
  view: IntegrationView,
  guard: ChangeGuard,
) =>
  changeEndpoint(putNotificationsRoute, {
    guard,
    run: async ({ request, person: { partnerId, by } }): Promise<PutNotificationsReply> => ({
      status: 200,
      body: await view(partnerId, await put({ partnerId, notifications: request.body, by })),
    }),
  });
