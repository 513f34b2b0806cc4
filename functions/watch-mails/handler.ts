import { randomUUID } from "node:crypto";
import { readEnv } from "#shared/lambda/env";
import { scheduledJob } from "#shared/lambda/scheduled-job";
import { tableNamed } from "#shared/table/table-client";
import { watchMailsEnv } from "./env.ts";
import { watchMails } from "./watch-mails.ts";

const env = readEnv(watchMailsEnv);

export const handler = scheduledJob(
  watchMails({
    table: tableNamed(env.TABLE_NAME),
    now: () => new Date(),
    newId: randomUUID,
    tokenPolicyDays: env.TOKEN_POLICY_DAYS,
  }),
);
