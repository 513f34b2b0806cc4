import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type GradientSandboxOptions, startGradientSandbox } from "#local/gradient-sandbox/gradient-sandbox";

export const vendorKey = "canary-vendor-key";
export const never = "1900-01-01T00:00:00.000Z";

const folders: string[] = [];
const closers: (() => Promise<void>)[] = [];

export const aStateFile = () => {
  const folder = mkdtempSync(join(tmpdir(), "gradient-sandbox-"));
  folders.push(folder);
  return join(folder, "gradient.jsonl");
};

export const cleanUp = async () => {
  for (const close of closers.splice(0)) await close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
};

export interface Answer {
  status: number;
  headers: Headers;
  // the tests read answers of many shapes; whether they are right is what they are about to say
  // biome-ignore lint/suspicious/noExplicitAny: see above
  body: any;
}

const headerOf = (token: string, key = vendorKey) => Buffer.from(`${key}:${token}`).toString("base64");

const sentAsJson = { "content-type": "application/json" };

const call = async (url: string, method: string, headers: Record<string, string>, body?: unknown): Promise<Answer> => {
  const sent = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
  const response = await fetch(url, { method, headers, ...sent });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json");
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
};

/**
 * A clock that is 20 ms later at each look, so that tests that are not about the limit of 100 a second never meet it.
 */
const unhurried = () => {
  let now = Date.now();
  return () => {
    now += 20;
    return now;
  };
};

/** A running sandbox with short ways to its two sides. */
export const aSandbox = async (options: Partial<GradientSandboxOptions> = {}) => {
  const stateFile = options.stateFile ?? aStateFile();
  const sandbox = await startGradientSandbox({ port: 0, vendorKey, now: unhurried(), ...options, stateFile });
  let open = true;
  const close = async () => {
    if (open) await sandbox.close();
    open = false;
  };
  closers.push(close);
  const { url } = sandbox;
  return {
    url,
    stateFile,
    close,
    partner: (method: string, path: string, body?: unknown) =>
      call(`${url}/_partner${path}`, method, body === undefined ? {} : sentAsJson, body),
    faults: (settings: object) => call(`${url}/_faults`, "PUT", sentAsJson, settings),
    vendor: (token: string, method: string, path: string, body?: unknown) =>
      call(
        `${url}/api/vendor-api${path}`,
        method,
        { "gradient-token": headerOf(token), ...(body === undefined ? {} : sentAsJson) },
        body,
      ),
  };
};
export type Sandbox = Awaited<ReturnType<typeof aSandbox>>;

export const mailbox = {
  name: "Managed mailbox",
  description: "One protected mailbox",
  category: "security",
  subcategory: "email security",
};

/** A partner with a key; nothing else has happened. */
export const aConnectedPartner = async (sandbox: Sandbox, organization: object = { name: "Example MSP" }) => {
  const { body } = await sandbox.partner("POST", "/organizations", organization);
  const at = `/organizations/${body.organizationId}`;
  const { body: key } = await sandbox.partner("POST", `${at}/keys`);
  const token: string = key.partnerToken;
  return {
    organizationId: body.organizationId as string,
    integrationId: body.integrationId as string,
    token,
    vendor: (method: string, path: string, sent?: unknown) => sandbox.vendor(token, method, path, sent),
    partner: (method: string, path = "", sent?: unknown) => sandbox.partner(method, `${at}${path}`, sent),
  };
};

/** A partner with two accounts and a service, of which `cust-1` and the service are mapped. */
export const aMappedPartner = async (sandbox: Sandbox) => {
  const partner = await aConnectedPartner(sandbox);
  const { body: vendor } = await partner.vendor("POST", "/service", mailbox);
  const serviceId: string = vendor.skus.at(-1).id;
  await partner.vendor("PATCH", "/organization/status/pending");
  await partner.vendor("POST", "/organization/accounts", [
    { id: "cust-1", name: "Fir Bakery" },
    { id: "cust-2", name: "Gorse Garage" },
  ]);
  await partner.partner("POST", "/mappings/auto", { accounts: ["cust-1"], services: [serviceId] });
  const count = (unitCount: unknown, accountId: unknown = "cust-1", query = "") =>
    partner.vendor("POST", `/service/${serviceId}/count${query}`, { accountId, unitCount });
  const counts = async () => {
    const { body } = await partner.partner("GET", "/counts");
    return body.items.map((item: { accountId: string; unitCount: number }) => [item.accountId, item.unitCount]);
  };
  return { ...partner, serviceId, count, counts };
};
