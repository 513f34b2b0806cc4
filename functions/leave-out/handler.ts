import { randomUUID } from "node:crypto";
import { changeGuard } from "#shared/calls/change-guard";
import { readEnv } from "#shared/lambda/env";
import { tableEnv } from "#shared/lambda/table-env";
import { tableNamed } from "#shared/table/table-client";
import { leaveOutEndpoint } from "./endpoint.ts";
import { leaveOut } from "./leave-out.ts";

const env = readEnv(tableEnv);
const guard = changeGuard({ table: tableNamed(env.TABLE_NAME), now: () => new Date() });

export const handler = leaveOutEndpoint(
  leaveOut({ table: guard.table, now: () => new Date(), newId: randomUUID }),
  guard,
);
