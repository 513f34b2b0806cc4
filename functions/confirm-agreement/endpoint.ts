import * as z from "zod";
import { personEndpoint } from "#shared/lambda/http-endpoint";
import type { IntegrationView } from "#shared/views/integration-view";
import type { confirmAgreement } from "./confirm-agreement.ts";

export const confirmAgreementEndpoint = (confirm: ReturnType<typeof confirmAgreement>, view: IntegrationView) =>
  personEndpoint({
    request: z.object({ body: z.strictObject({ version: z.string().max(64), sha256: z.string().max(128) }) }),
    run: async ({ request: { body }, person: { partnerId, by, name, email } }) => {
      const { integration, isNew } = await confirm({ partnerId, ...body, by, name, email });
      return { status: isNew ? 201 : 200, body: await view(partnerId, integration) };
    },
  });
