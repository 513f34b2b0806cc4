import * as z from "zod";
import { changingRoles } from "#shared/lambda/http/caller";
import { docs, type ReplyOf } from "#shared/lambda/http/docs";
import { route } from "#shared/lambda/http/route";
import { exportSchedule } from "#shared/schedules/schedule";
import { integrationReply } from "#shared/views/integration-reply";

export const putScheduleRoute = route({
  method: "PUT",
  path: "/v1/integrations/gradient/schedule",
  callers: changingRoles,
  request: z.object({ body: exportSchedule }),
});

export const putScheduleDocs = () =>
  docs({
    id: "putSchedule",
    tag: "Exports",
    summary: "Say when usage is sent by itself",
    description: "Days 29 to 31 mean the last day in a month that is shorter; day of the week is 1 for Monday.",
    example: { frequency: "weekly", dayOfWeek: 1, hour: 3, timeZone: "Europe/Prague", pausedUntil: null },
    replies: { 200: { description: "The schedule is kept", body: integrationReply } },
    problems: { 409: ["integration.wrong-step"] },
  });

export type PutScheduleReply = ReplyOf<typeof putScheduleDocs>;
