import { sortOut } from "#shared/lambda/http/batch";
import { feedEndpoint } from "#shared/lambda/http/feed-endpoint";
import { ambiguous } from "#shared/usage/ambiguous";
import { measurement } from "#shared/usage/usage";
import type { recordUsage } from "./record-usage.ts";
import { type RecordUsageReply, recordUsageRoute } from "./route.ts";

const differs = {
  code: "measurement.ambiguous",
  detail:
    "unitCount: The batch has another count of this customer, service and time. Decide on one, then send it again.",
};

export const recordUsageEndpoint = (record: ReturnType<typeof recordUsage>) =>
  feedEndpoint(recordUsageRoute, async ({ path, body }): Promise<RecordUsageReply> => {
    const { good, rejected } = sortOut(measurement, body.measurements, "usage.invalid");
    const unclear = ambiguous(good.map((each) => each.record));
    const measurements = good.filter((each) => !unclear.has(each.record));
    const twofold = good.filter((each) => unclear.has(each.record)).map(({ index }) => ({ index, ...differs }));
    const refused = await record({ partnerId: path.partnerId, measurements });
    const all = [...rejected, ...twofold, ...refused].sort((a, b) => a.index - b.index);
    return { status: 200, body: { accepted: body.measurements.length - all.length, rejected: all } };
  });
