import { randomUUID } from "node:crypto";
import { readEnv } from "#shared/lambda/env";
import { tableNamed } from "#shared/table/table-client";
import { watchMappingsEnv } from "./env.ts";
import { watchMappingsJob } from "./job.ts";
import { watchMappings } from "./watch-mappings.ts";

const env = readEnv(watchMappingsEnv);

export const handler = watchMappingsJob(
  watchMappings({ table: tableNamed(env.TABLE_NAME), now: () => new Date(), newId: randomUUID }),
);
