import * as z from "zod";
import { changingRoles } from "#shared/lambda/http/caller";
import { docs, type ReplyOf } from "#shared/lambda/http/docs";
import { route } from "#shared/lambda/http/route";
import { ownerEmail } from "#shared/views/integration-reply";
import { noBody } from "#shared/wire";

export const resendOwnerMailRoute = route({
  method: "POST",
  path: "/v1/integrations/gradient/agreement/confirmations/{version}/owner-email",
  callers: changingRoles,
  request: z.object({ path: z.object({ version: z.string().max(64) }), body: noBody }),
});

export const resendOwnerMailDocs = () =>
  docs({
    id: "resendOwnerEmail",
    tag: "Integration",
    summary: "Send the owner's e-mail about a confirmation again",
    replies: { 202: { description: "It will be sent", body: ownerEmail } },
    problems: { 404: ["agreement.not-confirmed"], 429: ["owner-email.cooldown"] },
  });

export type ResendOwnerMailReply = ReplyOf<typeof resendOwnerMailDocs>;
