import { randomUUID } from "node:crypto";
import { readEnv } from "#shared/lambda/env";
import { tableNamed } from "#shared/table/table-client";
import { startExportEndpoint } from "./endpoint.ts";
import { startExportEnv } from "./env.ts";
import { startExport } from "./start-export.ts";

const env = readEnv(startExportEnv);

export const handler = startExportEndpoint(
  startExport({ table: tableNamed(env.TABLE_NAME), now: () => new Date(), newId: randomUUID }),
);
