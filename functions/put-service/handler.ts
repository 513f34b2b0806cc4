import { readEnv } from "#shared/lambda/env";
import { tableNamed } from "#shared/table/table-client";
import { putServiceEndpoint } from "./endpoint.ts";
import { putServiceEnv } from "./env.ts";
import { putService } from "./put-service.ts";

const env = readEnv(putServiceEnv);

export const handler = putServiceEndpoint(putService({ table: tableNamed(env.TABLE_NAME), now: () => new Date() }));
