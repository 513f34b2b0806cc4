import * as z from "zod";
import { changingRoles } from "#shared/lambda/caller";
import { docs, type ReplyOf } from "#shared/lambda/docs";
import { route } from "#shared/lambda/route";
import { integrationReply } from "#shared/views/integration-reply";
import { noBody } from "#shared/wire";

export const disconnectIntegrationRoute = route({
  method: "DELETE",
  path: "/v1/integrations/gradient",
  callers: changingRoles,
  request: z.object({ query: z.object({ finalCounts: z.literal("keep").default("keep") }), body: noBody }),
});

export const disconnectIntegrationDocs = () =>
  docs({
    id: "disconnectIntegration",
    tag: "Integration",
    summary: "Disconnect",
    description: "Nothing is sent after that; the token is deleted, the history is kept.",
    replies: { 202: { description: "Disconnected", body: integrationReply } },
    problems: { 409: ["integration.wrong-step"] },
  });

export type DisconnectIntegrationReply = ReplyOf<typeof disconnectIntegrationDocs>;
