import * as z from "zod";
import { changingRoles } from "#shared/lambda/http/caller";
import { docs, type ReplyOf } from "#shared/lambda/http/docs";
import { route } from "#shared/lambda/http/route";
import { integrationReply } from "#shared/views/integration-reply";
import { noBody } from "#shared/wire";

export const disconnectIntegrationRoute = route({
  method: "DELETE",
  path: "/v1/integrations/gradient",
  callers: changingRoles,
  request: z.object({ query: z.object({ finalCounts: z.enum(["keep", "zero"]).default("keep") }), body: noBody }),
});

export const disconnectIntegrationDocs = () =>
  docs({
    id: "disconnectIntegration",
    tag: "Integration",
    summary: "Disconnect",
    description:
      "Nothing is sent after that; the token is deleted, the history is kept. With `finalCounts=zero` an export first sends zero wherever Gradient holds units: that is tried for seven days, and shows as `disconnecting`.",
    replies: { 202: { description: "Disconnected", body: integrationReply } },
    problems: { 409: ["integration.wrong-step"] },
  });

export type DisconnectIntegrationReply = ReplyOf<typeof disconnectIntegrationDocs>;
