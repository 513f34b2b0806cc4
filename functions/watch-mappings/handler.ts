import { randomUUID } from "node:crypto";
import { readEnv } from "#shared/lambda/env";
import { scheduledJob } from "#shared/lambda/scheduled-job";
import { tableNamed } from "#shared/table/table-client";
import { watchMappingsEnv } from "./env.ts";
import { watchMappings } from "./watch-mappings.ts";

const env = readEnv(watchMappingsEnv);

export const handler = scheduledJob(
  watchMappings({
    table: tableNamed(env.TABLE_NAME),
    now: () => new Date(),
    newId: randomUUID,
    callsPerSecond: env.CALLS_PER_SECOND,
  }),
);
