import type { ChangeGuard } from "#shared/calls/change-guard";
import { changeEndpoint } from "#shared/lambda/http/http-endpoint";
import type { resendOwnerMail } from "./resend-owner-mail.ts";
import { type ResendOwnerMailReply, resendOwnerMailRoute } from "./route.ts";

export const resendOwnerMailEndpoint = (resend: ReturnType<typeof resendOwnerMail>, guard: ChangeGuard) =>
  changeEndpoint(resendOwnerMailRoute, {
    guard,
    run: async ({ request, person: { partnerId, by } }): Promise<ResendOwnerMailReply> => {
      const { status, at } = await resend({ partnerId, version: request.path.version, by });
      return { status: 202, body: { status, at, detail: null } };
    },
  });
