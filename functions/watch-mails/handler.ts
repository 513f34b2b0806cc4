import { randomUUID } from "node:crypto";
import { readEnv } from "#shared/lambda/env";
import { scheduledJob } from "#shared/lambda/scheduled-job";
import { tableEnv } from "#shared/lambda/table-env";
import { tableNamed } from "#shared/table/table-client";
import { watchMails } from "./watch-mails.ts";

const env = readEnv(tableEnv);

export const handler = scheduledJob(
  watchMails({ table: tableNamed(env.TABLE_NAME), now: () => new Date(), newId: randomUUID }),
);
