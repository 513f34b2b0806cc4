import * as z from "zod";
import { docs, type ReplyOf } from "#shared/lambda/http/docs";
import { route } from "#shared/lambda/http/route";

export const receiveMappingWebhookRoute = route({
  method: "POST",
  path: "/v1/webhooks/gradient/mapping-completed",
  callers: "signed",
  // what is in it is read once its signature is found good
  request: z.object({}),
});

export const receiveMappingWebhookDocs = () =>
  docs({
    id: "mappingCompleted",
    tag: "Webhook",
    summary: "Tell that a partner has mapped",
    description: "A hint, signed as Standard Webhooks describe. Whatever is authentic is answered 202, also a repeat.",
    body: z.object({
      type: z.literal("mapping.completed"),
      timestamp: z.string(),
      data: z.object({ organizationId: z.string(), integrationId: z.string() }),
    }),
    example: {
      type: "mapping.completed",
      timestamp: "2026-11-22T12:00:00Z",
      data: { organizationId: "654e8b8f", integrationId: "77aa01" },
    },
    replies: {
      202: {
        description: "Taken",
        body: z.strictObject({ accepted: z.literal(true) }),
        example: { accepted: true },
      },
    },
    problems: { 401: ["webhook.signature"], 413: ["request.too-large"] },
  });

export type ReceiveMappingWebhookReply = ReplyOf<typeof receiveMappingWebhookDocs>;
