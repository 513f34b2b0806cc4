import type { ChangeGuard } from "#shared/calls/change-guard";
import { changeEndpoint } from "#shared/lambda/http/http-endpoint";
import type { IntegrationView } from "#shared/views/integration-view";
import type { confirmAgreement } from "./confirm-agreement.ts";
import { type ConfirmAgreementReply, confirmAgreementRoute } from "./route.ts";

export const confirmAgreementEndpoint = (
  confirm: ReturnType<typeof confirmAgreement>,
  view: IntegrationView,
  guard: ChangeGuard,
) =>
  changeEndpoint(confirmAgreementRoute, {
    guard,
    run: async ({ request: { body }, person }): Promise<ConfirmAgreementReply> => {
      const { partnerId, by, name, email, userAgent } = person;
      const { integration, isNew } = await confirm({ partnerId, ...body, by, name, email, userAgent });
      return { status: isNew ? 201 : 200, body: await view(partnerId, integration) };
    },
  });
