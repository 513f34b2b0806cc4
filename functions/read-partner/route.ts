import * as z from "zod";
import { instant } from "#shared/identifier";
import { docs, type ReplyOf } from "#shared/lambda/http/docs";
import { route } from "#shared/lambda/http/route";
import { partnerId } from "#shared/partners/partner";
import { partnerReply } from "#shared/partners/partner-reply";

export const readPartnerRoute = route({
  method: "GET",
  path: "/v1/hub/partners/{partnerId}",
  callers: "feed",
  request: z.object({ path: z.object({ partnerId }) }),
});

export const readPartnerDocs = () =>
  docs({
    id: "readPartner",
    tag: "Feed",
    summary: "What was told of a partner",
    description: "For the hub's own checks. `total` counts everybody who was told of, `removed` those who are gone.",
    replies: {
      200: {
        description: "The partner",
        body: z.strictObject({
          ...partnerReply.shape,
          customers: z.strictObject({ total: z.int().min(0), removed: z.int().min(0) }),
          lastMeasuredAt: instant.nullable(),
        }),
        example: {
          id: "org-1001",
          name: "Example MSP",
          owner: { name: "Dana Reyes", email: "dana.reyes@msp.example" },
          timeZone: "Europe/Prague",
          updatedAt: "2026-11-22T12:00:00.000Z",
          customers: { total: 40, removed: 2 },
          lastMeasuredAt: "2026-11-22T06:00:00.000Z",
        },
      },
    },
    problems: { 404: ["partner.unknown"] },
  });

export type ReadPartnerReply = ReplyOf<typeof readPartnerDocs>;
