import { readEnv } from "#shared/lambda/env";
import { tableNamed } from "#shared/table/table-client";
import { recordUsageEndpoint } from "./endpoint.ts";
import { recordUsageEnv } from "./env.ts";
import { recordUsage } from "./record-usage.ts";

const env = readEnv(recordUsageEnv);

export const handler = recordUsageEndpoint(recordUsage({ table: tableNamed(env.TABLE_NAME), now: () => new Date() }));
