import * as z from "zod";
import { changingRoles } from "#shared/lambda/http/caller";
import { docs, type ReplyOf } from "#shared/lambda/http/docs";
import { route } from "#shared/lambda/http/route";
import { integrationReply } from "#shared/views/integration-reply";

export const registerTokenRoute = route({
  method: "PUT",
  path: "/v1/integrations/gradient/token",
  callers: changingRoles,
  request: z.object({
    body: z.strictObject({
      partnerToken: z.string(),
      confirmOrganizationChange: z
        .literal(true)
        .optional()
        .meta({ description: "The token may be of another Gradient organization than the one in use" }),
    }),
  }),
});

export const registerTokenDocs = () =>
  docs({
    id: "registerToken",
    tag: "Integration",
    summary: "Register or replace the partner token",
    description:
      "Gradient is asked first; nothing changes unless it takes the token. The token is never answered, and kept apart from everything else.",
    example: { partnerToken: "the-key-that-gradient-shows-once" },
    replies: { 200: { description: "Gradient took the token, and it is kept", body: integrationReply } },
    problems: {
      409: ["token.in-use", "organization.differs", "integration.wrong-step"],
      422: ["token.malformed", "token.rejected"],
      429: ["token.cooldown"],
      502: ["gradient.vendor-key-rejected", "gradient.unavailable"],
      503: ["gradient.refused", "gradient.unavailable", "secrets.unavailable"],
    },
  });

export type RegisterTokenReply = ReplyOf<typeof registerTokenDocs>;
