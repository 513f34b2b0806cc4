import { sortOut } from "#shared/lambda/batch";
import { feedEndpoint } from "#shared/lambda/http-endpoint";
import { measurement } from "#shared/usage/usage";
import type { recordUsage } from "./record-usage.ts";
import { type RecordUsageReply, recordUsageRoute } from "./route.ts";

export const recordUsageEndpoint = (record: ReturnType<typeof recordUsage>) =>
  feedEndpoint(recordUsageRoute, async ({ path, body }): Promise<RecordUsageReply> => {
    const { good, rejected } = sortOut(measurement, body.measurements, "usage.invalid");
    const refused = await record({ partnerId: path.partnerId, measurements: good });
    const all = [...rejected, ...refused].sort((a, b) => a.index - b.index);
    return { status: 200, body: { accepted: body.measurements.length - all.length, rejected: all } };
  });
