import { randomUUID } from "node:crypto";
import { readEnv } from "#shared/lambda/env";
import { tableNamed } from "#shared/table/table-client";
import { startUsageExportsEnv } from "./env.ts";
import { startUsageExportsJob } from "./job.ts";
import { startUsageExports } from "./start-usage-exports.ts";

const env = readEnv(startUsageExportsEnv);

export const handler = startUsageExportsJob(
  startUsageExports({ table: tableNamed(env.TABLE_NAME), now: () => new Date(), newId: randomUUID }),
);
