import { randomUUID } from "node:crypto";
import { readEnv } from "#shared/lambda/env";
import { tableEnv } from "#shared/lambda/table-env";
import { tableNamed } from "#shared/table/table-client";
import { resendOwnerMailEndpoint } from "./endpoint.ts";
import { resendOwnerMail } from "./resend-owner-mail.ts";

const env = readEnv(tableEnv);

export const handler = resendOwnerMailEndpoint(
  resendOwnerMail({ table: tableNamed(env.TABLE_NAME), now: () => new Date(), newId: randomUUID }),
);
