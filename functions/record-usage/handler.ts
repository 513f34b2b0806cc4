import { readEnv } from "#shared/lambda/env";
import { tableEnv } from "#shared/lambda/table-env";
import { pauseAfterLoss } from "#shared/pace/pause-after-loss";
import { systemClock } from "#shared/pace/system-clock";
import { tableNamed } from "#shared/table/table-client";
import { recordUsageEndpoint } from "./endpoint.ts";
import { recordUsage } from "./record-usage.ts";

const env = readEnv(tableEnv);

export const handler = recordUsageEndpoint(
  recordUsage({
    table: tableNamed(env.TABLE_NAME),
    now: () => new Date(),
    pauseAfter: pauseAfterLoss(systemClock, Math.random),
  }),
);
