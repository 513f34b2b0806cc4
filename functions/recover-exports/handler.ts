import { randomUUID } from "node:crypto";
import { readEnv } from "#shared/lambda/env";
import { tableNamed } from "#shared/table/table-client";
import { recoverExportsEnv } from "./env.ts";
import { recoverExportsJob } from "./job.ts";
import { recoverExports } from "./recover-exports.ts";

const env = readEnv(recoverExportsEnv);

export const handler = recoverExportsJob(
  recoverExports({ table: tableNamed(env.TABLE_NAME), now: () => new Date(), newId: randomUUID }),
);
