import { randomUUID } from "node:crypto";
import { readEnv } from "#shared/lambda/env";
import { tableNamed } from "#shared/table/table-client";
import { resendOwnerMailEndpoint } from "./endpoint.ts";
import { resendOwnerMailEnv } from "./env.ts";
import { resendOwnerMail } from "./resend-owner-mail.ts";

const env = readEnv(resendOwnerMailEnv);

export const handler = resendOwnerMailEndpoint(
  resendOwnerMail({ table: tableNamed(env.TABLE_NAME), now: () => new Date(), newId: randomUUID }),
);
