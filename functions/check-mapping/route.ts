import * as z from "zod";
import { instant } from "#shared/identifier";
import { everyRole } from "#shared/lambda/http/caller";
import { docs, type ReplyOf } from "#shared/lambda/http/docs";
import { route } from "#shared/lambda/http/route";

export const checkMappingRoute = route({
  method: "POST",
  path: "/v1/integrations/gradient/mapping/checks",
  callers: everyRole,
  request: z.object({ body: z.strictObject({ automatic: z.literal(true).optional() }).optional() }),
});

export const checkMappingDocs = () =>
  docs({
    id: "checkMapping",
    tag: "Mapping",
    summary: "Look at the mapping now",
    description:
      "One look is under way at a time; a second press within 10 s joins it. A page that asks by itself says `automatic`: the audit trail names what people do, and has no entry of that, nor does it say that a partner that seems to have disconnected in Gradient has not. While Gradient's trouble holds this partner's calls, none goes out: the look is kept, and made by itself once they are free.",
    replies: {
      202: {
        description: "Somebody looks, now or once calls go out again",
        body: z.strictObject({
          requestedAt: instant,
          heldUntil: instant.nullable().meta({
            description: "While calls are held: when Gradient is asked again, and no look is made before; else null",
          }),
        }),
        example: { requestedAt: "2026-11-22T12:00:00.000Z", heldUntil: null },
      },
    },
    problems: { 409: ["integration.wrong-step"] },
  });

export type CheckMappingReply = ReplyOf<typeof checkMappingDocs>;
