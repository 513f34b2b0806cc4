import { randomUUID } from "node:crypto";
import { STATUS_CODES } from "node:http";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadEnvFile, readOptions } from "./options.ts";
import { knownSettings } from "./settings.ts";
import { requireWebhookSecret, signedHeaders } from "./signed-webhook.ts";
import { orProblem, StartupProblem } from "./startup-problem.ts";

const timeoutMs = 10_000;
const usage =
  "npm run webhook -- --url https://…/v1/webhooks/gradient/mapping-completed [--secret whsec_…] [--organization …] [--integration …]";

const readFlags = () => {
  const text = { type: "string" } as const;
  try {
    return parseArgs({ options: { url: text, secret: text, organization: text, integration: text } }).values;
  } catch {
    throw new StartupProblem(`The options are: ${usage}`);
  }
};

/** The given one, else the environment's or `.env`'s, else the one that the local system made for itself. */
const findSecret = (given: string | undefined): string => {
  if (given !== undefined) return requireWebhookSecret(given, "--secret");
  const { webhookSecret, stateFolder } = readOptions([], process.env);
  const secret = webhookSecret ?? knownSettings(join(stateFolder, "settings.json"))?.webhookSecret;
  if (secret !== undefined) return secret;
  throw new StartupProblem("There is no secret: set GRADIENT_WEBHOOK_SECRET, or give --secret whsec_….");
};

/**
 * Signs one `mapping.completed` and sends it. An organization that the service does not know is answered 202 too and
 * has no effect, so that a new key can be tried without touching a partner.
 */
const sendWebhook = async (): Promise<void> => {
  loadEnvFile();
  const { url, secret: given, organization = "nobody", integration = "nothing" } = readFlags();
  if (url === undefined || !/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new StartupProblem(`--url is missing or no URL: ${usage}`);
  const secret = findSecret(given);
  const now = new Date();
  const data = { organizationId: organization, integrationId: integration };
  const body = JSON.stringify({ type: "mapping.completed", timestamp: now.toISOString(), data });
  const headers = signedHeaders(secret, { id: `msg_${randomUUID()}`, sentAtMs: now.getTime(), body });
  const signal = AbortSignal.timeout(timeoutMs);
  const { status, text } = await orProblem(
    `${url} cannot be reached, or did not answer within ${timeoutMs / 1000} s.`,
    async () => {
      const response = await fetch(url, { method: "POST", headers, body, redirect: "manual", signal });
      return { status: response.status, text: await response.text() };
    },
  );
  process.stdout.write(`${headers["webhook-id"]}\n${status} ${STATUS_CODES[status] ?? ""}\n${text}\n`);
  if (status < 200 || status > 299) process.exitCode = 1;
};

await sendWebhook().catch((error: unknown) => {
  if (!(error instanceof StartupProblem)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
