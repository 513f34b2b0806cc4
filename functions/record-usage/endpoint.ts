import * as z from "zod";
import { batchOf, sortOut } from "#shared/lambda/batch";
import { feedEndpoint } from "#shared/lambda/http-endpoint";
import { partnerId } from "#shared/partners/partner";
import { measurement } from "#shared/usage/usage";
import type { recordUsage } from "./record-usage.ts";

export const recordUsageEndpoint = (record: ReturnType<typeof recordUsage>) =>
  feedEndpoint({
    request: z.object({ path: z.object({ partnerId }), body: z.strictObject({ measurements: batchOf(1000) }) }),
    run: async ({ path, body }) => {
      const { good, rejected } = sortOut(measurement, body.measurements, "usage.invalid");
      const refused = await record({ partnerId: path.partnerId, measurements: good });
      const all = [...rejected, ...refused].sort((a, b) => a.index - b.index);
      return { status: 200, body: { accepted: body.measurements.length - all.length, rejected: all } };
    },
  });
