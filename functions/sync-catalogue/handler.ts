import { randomUUID } from "node:crypto";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Context, SQSEvent } from "aws-lambda";
import { breakerKeeper } from "#shared/breakers/keeper";
import { gradientClient } from "#shared/gradient/gradient-client";
import { patientGradient } from "#shared/gradient/patient-gradient";
import { readEnv } from "#shared/lambda/env";
import { gradientEnv } from "#shared/lambda/gradient-env";
import { queueWorker } from "#shared/lambda/queue-worker";
import { scheduledJob } from "#shared/lambda/scheduled-job";
import { taskOf } from "#shared/outbox/outbox";
import { singleCallPacer } from "#shared/pace/single-calls";
import { systemClock } from "#shared/pace/system-clock";
import { vendorKeyIn } from "#shared/secrets/secret-text";
import { secretsManagerVault } from "#shared/secrets/secrets-manager-vault";
import { tableNamed } from "#shared/table/table-client";
import { syncCatalogue } from "./sync-catalogue.ts";

const env = readEnv(gradientEnv);
const table = tableNamed(env.TABLE_NAME);
const secrets = new SecretsManagerClient({});
const vault = secretsManagerVault(secrets);
const vendorKey = vendorKeyIn(secrets, env.VENDOR_KEY_SECRET);
const clientWith = (key: string | (() => Promise<string>)) =>
  gradientClient({ baseUrl: env.GRADIENT_BASE_URL, vendorKey: key });
const gradient = clientWith(async () => (await vendorKey.current()).key);
const pacerFor = singleCallPacer(
  { table, clock: systemClock, per: env.LIMITER_KEY, perSecond: env.CALLS_PER_SECOND },
  { class: "low" },
);
const { refusals } = breakerKeeper({
  table,
  clock: systemClock,
  newId: randomUUID,
  vault,
  vendorKey,
  gradientWith: (key, partnerId) => clientWith(key).as({ pacer: pacerFor(partnerId) }),
});

const sync = syncCatalogue({
  table,
  gradientFor: (partnerId) =>
    patientGradient(gradient.as({ pacer: pacerFor(partnerId) }), { clock: systemClock, patienceMs: 15_000 }),
  vault,
  refusals,
  clock: systemClock,
});

const fromQueue = queueWorker({
  message: taskOf["sync-catalogue"],
  run: async () => `created ${(await sync()).created}`,
});
const fromSchedule = scheduledJob(async () => ({ ...(await sync()) }));

const isQueueEvent = (event: SQSEvent | object): event is SQSEvent => "Records" in event;

/** Two triggers, one verb: a message as soon as a service is put, the schedule for what could not be created then. */
export const handler = (event: SQSEvent | object, context: Context) =>
  isQueueEvent(event) ? fromQueue(event, context) : fromSchedule(event, context);
