import * as z from "zod";
import { changingRoles } from "#shared/lambda/http/caller";
import { docs, type ReplyOf } from "#shared/lambda/http/docs";
import { route } from "#shared/lambda/http/route";
import { integrationReply } from "#shared/views/integration-reply";
import { noBody } from "#shared/wire";

export const startIntegrationRoute = route({
  method: "POST",
  path: "/v1/integrations/gradient",
  callers: changingRoles,
  request: z.object({ body: noBody }),
});

export const startIntegrationDocs = () =>
  docs({
    id: "startIntegration",
    tag: "Integration",
    summary: "Start the integration",
    replies: {
      201: { description: "Started", body: integrationReply },
      200: { description: "It had been started before; nothing has changed", body: integrationReply },
    },
    problems: { 409: ["partner.unknown"] },
  });

export type StartIntegrationReply = ReplyOf<typeof startIntegrationDocs>;
