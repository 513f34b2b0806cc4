import * as z from "zod";
import { batchOf } from "#shared/lambda/http/batch";
import { docs, type ReplyOf } from "#shared/lambda/http/docs";
import { route } from "#shared/lambda/http/route";
import { partnerId } from "#shared/partners/partner";
import { measurement } from "#shared/usage/usage";
import { batchReply } from "#shared/wire";

export const recordUsageRoute = route({
  method: "POST",
  path: "/v1/hub/partners/{partnerId}/usage",
  callers: "feed",
  request: z.object({ path: z.object({ partnerId }), body: z.strictObject({ measurements: batchOf(1000) }) }),
});

export const recordUsageDocs = () =>
  docs({
    id: "recordUsage",
    tag: "Feed",
    summary: "Tell how much is used",
    description: "Levels, never differences. A record older than what is stored changes nothing.",
    example: {
      measurements: [
        { customerId: "cust-001", serviceId: "svc-edr", unitCount: 17, measuredAt: "2026-11-22T06:00:00Z" },
      ],
    },
    items: { measurements: measurement },
    replies: { 200: { description: "What became of the batch", body: batchReply } },
    problems: { 404: ["partner.unknown"] },
  });

export type RecordUsageReply = ReplyOf<typeof recordUsageDocs>;
