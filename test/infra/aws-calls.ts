import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SESClient } from "@aws-sdk/client-ses";
import { SQSClient } from "@aws-sdk/client-sqs";
import { partnerToken } from "#shared/gradient/gradient-token";
import { sesMailer } from "#shared/mail/ses-mailer";
import { sqsTaskQueues } from "#shared/outbox/sqs-task-queues";
import { secretText } from "#shared/secrets/secret-text";
import { secretsManagerVault } from "#shared/secrets/secrets-manager-vault";
import { tableNamed } from "#shared/table/table-client";

/*
 * A program that makes calls to AWS as the functions do, with clients that are made as theirs, and prints what came of
 * them: bundled or not, it should be the same. Arguments: pairs of a call's name and the endpoint to make it at.
 */

const key = { pk: "partner#org-1", sk: "customer#ä" };
const row = { ...key, version: 3, name: "Žlutá", counts: { dns: 17, sig: null }, packed: new Uint8Array([1, 2, 255]) };
const token = partnerToken.parse("canary-token-9f3c-0001");
const mail = {
  to: { name: "Jana", email: "jana@msp.example" },
  subject: "Smlouva",
  html: "<p>Žlutá</p>",
  text: "Žlutá",
};
const regions = ["eu-central-1", "us-east-1", "us-gov-west-1", "cn-north-1", "eu-isoe-west-1", "ap-moon-7"];
const table = () => tableNamed("table");
const vault = () => secretsManagerVault(new SecretsManagerClient({}));

const calls: Record<string, (endpoint: string) => Promise<unknown>> = {
  get: () => table().get(key),
  getMany: () => table().getMany([key, { ...key, sk: "b" }]),
  put: () => table().put(row, 2),
  delete: () => table().delete(key, 3),
  transact: () =>
    table().transact([
      { put: row, expect: "absent" },
      { delete: { ...key, sk: "c" } },
      { check: { ...key, sk: "d" }, expect: 3 },
    ]),
  query: () => table().query({ pk: key.pk, prefix: "customer#", after: "customer#a", descending: true, limit: 2 }),
  count: () => table().count({ pk: key.pk, prefix: "customer#", where: { removedAt: "something" } }),
  due: () =>
    table().due({ kind: "wanted", until: "2026-11-22T12:00:00.000Z", limit: 2, after: { ...key, dueAt: "2026" } }),
  sendMessage: (endpoint) =>
    sqsTaskQueues(new SQSClient({}), { accounts: `${endpoint}/1/accounts` }).send({
      kind: "sync-accounts",
      partnerId: "org-1",
      reason: "feed",
    }),
  sendEmail: () =>
    sesMailer({ client: new SESClient({ maxAttempts: 1 }), from: "billing@hub.example" }).send({
      ...mail,
      partnerId: "org-1",
      reference: "agreement/1",
      attempt: 1,
    }),
  storeToken: () => vault().store("partner/1", token),
  readToken: () => vault().read("partner/1", "3b3c1c1e-0000-4000-8000-000000000001"),
  removeToken: () => vault().remove("partner/1"),
  endpoints: async () =>
    [DynamoDBClient, SQSClient, SESClient, SecretsManagerClient].flatMap((Client) => {
      const { endpointProvider } = new Client({ region: "eu-central-1" }).config;
      return regions.map((Region) => String(endpointProvider({ Region, UseDualStack: false, UseFIPS: false }).url));
    }),
  readKey: () => secretText(new SecretsManagerClient({}), "vendor-key")(),
};

// what our code reads of an error; without a class of its own, an error lacks what else its model says
const readOfErrors = ["name", "code", "$metadata", "$retryable", "CancellationReasons", "kind", "facts", "cause"];

/** What can be told of a value or an error: all that may be the same in a bundle. */
const told = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return { bytes: [...value] };
  if (value instanceof Set) return { set: [...value] };
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(told);
  if (typeof value !== "object" || value === null) return value;
  const names = value instanceof Error ? readOfErrors : Object.keys(value);
  const read = names.filter((name) => name !== "totalRetryDelay");
  return Object.fromEntries(read.map((name) => [name, told(Reflect.get(value, name))]));
};

const settled = async (call: () => Promise<unknown>) => {
  try {
    return { value: told(await call()) };
  } catch (error) {
    return { error: told(error) };
  }
};

// the SDK waits a random part of its pause before it asks again
Math.random = () => 0;
/** What the SDK itself gave of the call under way. */
let given: unknown[] = [];
for (const { prototype } of [DynamoDBClient, SQSClient, SESClient, SecretsManagerClient]) {
  const send: unknown = Reflect.get(prototype, "send");
  if (typeof send !== "function") throw new Error("A client of another kind");
  Reflect.set(prototype, "send", async function (this: unknown, ...args: unknown[]) {
    const result: unknown = send.apply(this, args);
    given.push(await settled(async () => result));
    return result;
  });
}

const results: unknown[] = [];
const queue = process.argv.slice(2);
for (let place = 0; place < queue.length; place += 2) {
  const [name = "", endpoint = ""] = queue.slice(place);
  // a queue's own address says where it is
  if (name === "sendMessage") delete process.env.AWS_ENDPOINT_URL;
  else process.env.AWS_ENDPOINT_URL = endpoint;
  given = [];
  const call = calls[name];
  if (!call) throw new Error(`There is no call ${name}`);
  results.push({ ...(await settled(() => call(endpoint))), given });
}
process.stdout.write(JSON.stringify(results));
