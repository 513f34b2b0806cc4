import * as z from "zod";
import { personEndpoint } from "#shared/lambda/http-endpoint";
import { exportSchedule } from "#shared/schedules/schedule";
import type { IntegrationView } from "#shared/views/integration-view";
import type { putSchedule } from "./put-schedule.ts";

export const putScheduleEndpoint = (put: ReturnType<typeof putSchedule>, view: IntegrationView) =>
  personEndpoint({
    request: z.object({ body: exportSchedule }),
    run: async ({ request, person: { partnerId, by } }) => ({
      status: 200,
      body: await view(partnerId, await put({ partnerId, schedule: request.body, by })),
    }),
  });
