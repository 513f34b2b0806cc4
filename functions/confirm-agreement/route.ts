import * as z from "zod";
import { changingRoles } from "#shared/lambda/http/caller";
import { docs, type ReplyOf } from "#shared/lambda/http/docs";
import { route } from "#shared/lambda/http/route";
import { integrationReply } from "#shared/views/integration-reply";

export const confirmAgreementRoute = route({
  method: "POST",
  path: "/v1/integrations/gradient/agreement/confirmations",
  callers: changingRoles,
  request: z.object({ body: z.strictObject({ version: z.string().max(64), sha256: z.string().max(128) }) }),
});

export const confirmAgreementDocs = () =>
  docs({
    id: "confirmAgreement",
    tag: "Integration",
    summary: "Confirm the agreement",
    description: "The organization's owner is told by e-mail.",
    example: { version: "2026-11-26", sha256: "5f0c2a55b0f0d8e6d6a1a6e4a3e0a0b8d9c3f0f8b5a1e2d3c4b5a69788796a5b" },
    replies: {
      201: { description: "Confirmed", body: integrationReply },
      200: { description: "This version, or a newer one, had been confirmed before", body: integrationReply },
    },
    problems: { 409: ["agreement.outdated", "integration.wrong-step"] },
  });

export type ConfirmAgreementReply = ReplyOf<typeof confirmAgreementDocs>;
