import * as z from "zod";
import { docs, type ReplyOf } from "#shared/lambda/http/docs";
import { route } from "#shared/lambda/http/route";
import { partnerId, partnerProfile } from "#shared/partners/partner";
import { partnerReply } from "#shared/partners/partner-reply";

export const putPartnerRoute = route({
  method: "PUT",
  path: "/v1/hub/partners/{partnerId}",
  callers: "feed",
  request: z.object({ path: z.object({ partnerId }), body: partnerProfile }),
});

export const putPartnerDocs = () =>
  docs({
    id: "putPartner",
    tag: "Feed",
    summary: "Tell of a partner",
    example: {
      name: "Example MSP",
      owner: { name: "Dana Reyes", email: "dana.reyes@msp.example" },
      timeZone: "Europe/Prague",
    },
    replies: { 200: { description: "As it is kept", body: partnerReply } },
  });

export type PutPartnerReply = ReplyOf<typeof putPartnerDocs>;
