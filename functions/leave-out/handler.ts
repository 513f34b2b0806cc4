import { randomUUID } from "node:crypto";
import { readEnv } from "#shared/lambda/env";
import { tableEnv } from "#shared/lambda/table-env";
import { tableNamed } from "#shared/table/table-client";
import { leaveOutEndpoint } from "./endpoint.ts";
import { leaveOut } from "./leave-out.ts";

const env = readEnv(tableEnv);

export const handler = leaveOutEndpoint(
  leaveOut({ table: tableNamed(env.TABLE_NAME), now: () => new Date(), newId: randomUUID }),
);
