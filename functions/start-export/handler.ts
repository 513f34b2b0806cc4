import { randomUUID } from "node:crypto";
import { readEnv } from "#shared/lambda/env";
import { tableEnv } from "#shared/lambda/table-env";
import { tableNamed } from "#shared/table/table-client";
import { startExportEndpoint } from "./endpoint.ts";
import { startExport } from "./start-export.ts";

const env = readEnv(tableEnv);

export const handler = startExportEndpoint(
  startExport({ table: tableNamed(env.TABLE_NAME), now: () => new Date(), newId: randomUUID, random: Math.random }),
);
