import { randomUUID } from "node:crypto";
import { readEnv } from "#shared/lambda/env";
import { tableNamed } from "#shared/table/table-client";
import { checkMapping } from "./check-mapping.ts";
import { checkMappingEndpoint } from "./endpoint.ts";
import { checkMappingEnv } from "./env.ts";

const env = readEnv(checkMappingEnv);

export const handler = checkMappingEndpoint(
  checkMapping({ table: tableNamed(env.TABLE_NAME), now: () => new Date(), newId: randomUUID }),
);
