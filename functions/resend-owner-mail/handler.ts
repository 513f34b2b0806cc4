import { randomUUID } from "node:crypto";
import { changeGuard } from "#shared/calls/change-guard";
import { readEnv } from "#shared/lambda/env";
import { tableEnv } from "#shared/lambda/table-env";
import { tableNamed } from "#shared/table/table-client";
import { resendOwnerMailEndpoint } from "./endpoint.ts";
import { resendOwnerMail } from "./resend-owner-mail.ts";

const env = readEnv(tableEnv);
const guard = changeGuard({ table: tableNamed(env.TABLE_NAME), now: () => new Date() });

export const handler = resendOwnerMailEndpoint(
  resendOwnerMail({ table: guard.table, now: () => new Date(), newId: randomUUID }),
  guard,
);
