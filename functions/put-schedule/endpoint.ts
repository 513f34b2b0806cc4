import type { ChangeGuard } from "#shared/calls/change-guard";
import { changeEndpoint } from "#shared/lambda/http/http-endpoint";
import type { IntegrationView } from "#shared/views/integration-view";
import type { putSchedule } from "./put-schedule.ts";
import { type PutScheduleReply, putScheduleRoute } from "./route.ts";

export const putScheduleEndpoint = (put: ReturnType<typeof putSchedule>, view: IntegrationView, guard: ChangeGuard) =>
  changeEndpoint(putScheduleRoute, {
    guard,
    run: async ({ request, person: { partnerId, by } }): Promise<PutScheduleReply> => ({
      status: 200,
      body: await view(partnerId, await put({ partnerId, schedule: request.body, by })),
    }),
  });
