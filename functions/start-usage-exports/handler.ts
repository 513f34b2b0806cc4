import { randomUUID } from "node:crypto";
import { readEnv } from "#shared/lambda/env";
import { scheduledJob } from "#shared/lambda/scheduled-job";
import { tableEnv } from "#shared/lambda/table-env";
import { tableNamed } from "#shared/table/table-client";
import { startUsageExports } from "./start-usage-exports.ts";

const env = readEnv(tableEnv);

export const handler = scheduledJob(
  startUsageExports({ table: tableNamed(env.TABLE_NAME), now: () => new Date(), newId: randomUUID }),
);
