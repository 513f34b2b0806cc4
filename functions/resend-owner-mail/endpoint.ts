import * as z from "zod";
import { personEndpoint } from "#shared/lambda/http-endpoint";
import type { resendOwnerMail } from "./resend-owner-mail.ts";

export const resendOwnerMailEndpoint = (resend: ReturnType<typeof resendOwnerMail>) =>
  personEndpoint({
    request: z.object({
      path: z.object({ version: z.string().max(64) }),
      body: z.strictObject({}).optional(),
    }),
    run: async ({ request: { path }, person: { partnerId, by } }) => {
      const { status, at } = await resend({ partnerId, version: path.version, by });
      return { status: 202, body: { status, at } };
    },
  });
