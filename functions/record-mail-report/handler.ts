import { randomUUID } from "node:crypto";
import { readEnv } from "#shared/lambda/env";
import { queueWorker } from "#shared/lambda/queue-worker";
import { tableEnv } from "#shared/lambda/table-env";
import { mailReport } from "#shared/mail/mail-report";
import { tableNamed } from "#shared/table/table-client";
import { recordMailReport } from "./record-mail-report.ts";

const env = readEnv(tableEnv);

export const handler = queueWorker({
  message: mailReport,
  run: recordMailReport({ table: tableNamed(env.TABLE_NAME), now: () => new Date(), newId: randomUUID }),
});
