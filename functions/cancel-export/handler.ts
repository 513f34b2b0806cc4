import { randomUUID } from "node:crypto";
import { readEnv } from "#shared/lambda/env";
import { tableEnv } from "#shared/lambda/table-env";
import { tableNamed } from "#shared/table/table-client";
import { cancelExport } from "./cancel-export.ts";
import { cancelExportEndpoint } from "./endpoint.ts";

const env = readEnv(tableEnv);

export const handler = cancelExportEndpoint(
  cancelExport({ table: tableNamed(env.TABLE_NAME), now: () => new Date(), newId: randomUUID, random: Math.random }),
);
