import { SESClient } from "@aws-sdk/client-ses";
import { currentAgreement } from "#shared/agreements/agreement";
import { readEnv } from "#shared/lambda/env";
import { queueWorker } from "#shared/lambda/queue-worker";
import { sesMailer } from "#shared/mail/ses-mailer";
import { taskOf } from "#shared/outbox/outbox";
import { tableNamed } from "#shared/table/table-client";
import { sendOwnerMailEnv } from "./env.ts";
import { sendOwnerMail } from "./send-owner-mail.ts";

const env = readEnv(sendOwnerMailEnv);

export const handler = queueWorker({
  message: taskOf["send-owner-mail"],
  run: sendOwnerMail({
    table: tableNamed(env.TABLE_NAME),
    mailer: sesMailer({
      client: new SESClient({ maxAttempts: 1 }),
      from: env.MAIL_FROM,
      configurationSet: env.MAIL_CONFIGURATION_SET,
    }),
    agreement: currentAgreement,
    hubUrl: env.HUB_URL,
    gradientBaseUrl: env.GRADIENT_BASE_URL,
    now: () => new Date(),
  }),
});
