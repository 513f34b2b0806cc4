import type { ChangeGuard } from "#shared/calls/change-guard";
import { changeEndpoint } from "#shared/lambda/http/http-endpoint";
import { type OwnerMail, queuedIn } from "#shared/mail/owner-mail";
import type { Item } from "#shared/table/table";
import type { resendOwnerMail } from "./resend-owner-mail.ts";
import { type ResendOwnerMailReply, resendOwnerMailRoute } from "./route.ts";

const accepted = ({ status, at }: OwnerMail): ResendOwnerMailReply => ({
  status: 202,
  body: { status, at, detail: null },
});

export const resendOwnerMailEndpoint = (resend: ReturnType<typeof resendOwnerMail>, guard: ChangeGuard) =>
  changeEndpoint(resendOwnerMailRoute, {
    guard,
    run: async ({ request, person: { partnerId, by } }): Promise<ResendOwnerMailReply> =>
      accepted(await resend({ partnerId, version: request.path.version, by })),
    answerOf: (rows: Item[]) => {
      const queued = queuedIn(rows);
      return queued && accepted(queued);
    },
  });
