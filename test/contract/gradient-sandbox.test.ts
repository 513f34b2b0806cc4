import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { serviceCategory, serviceSubcategory } from "#local/gradient-sandbox/vendor/service-categories";
import {
  type Answer,
  aConnectedPartner,
  aMappedPartner,
  aSandbox,
  cleanUp,
  mailbox,
  type Sandbox,
} from "./gradient-sandbox-rig.ts";

// Documents that the sandbox is held to, with undocumented properties refused as well: what the sandbox knows beyond
// Gradient must not show on the vendor's side.
const description = parse(readFileSync(new URL("../../docs/gradient/openapi.yaml", import.meta.url), "utf8"));
for (const schema of Object.values<Record<string, unknown>>(description.components.schemas)) {
  if (schema.properties) schema.additionalProperties = false;
}
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(description, "gradient");

interface Operation {
  id: string;
  method: string;
  path: string;
  responses: Record<string, { $ref?: string }>;
}
const operations: Operation[] = Object.entries<Record<string, { operationId: string; responses: object }>>(
  description.paths,
).flatMap(([path, item]) =>
  ["get", "post", "patch"].flatMap((method) => {
    const operation = item[method];
    return operation ? [{ id: operation.operationId, method, path, responses: { ...operation.responses } }] : [];
  }),
);

const escaped = (segment: string) => segment.replaceAll("~", "~0").replaceAll("/", "~1");

/** What is wrong with an answer by the description; empty when nothing is. */
const mistakes = (operationId: string, { status, body }: Answer): string[] => {
  const operation = operations.find(({ id }) => id === operationId);
  const response = operation?.responses[status];
  if (!operation || !response) return [`${operationId} does not document ${status}`];
  const where = response.$ref?.slice(1) ?? `/paths/${escaped(operation.path)}/${operation.method}/responses/${status}`;
  const validate = ajv.compile({
    $ref: `gradient#${encodeURI(where)}/content/application~1json/schema`,
  });
  return validate(body) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
};

let sandbox: Sandbox;
let partner: Awaited<ReturnType<typeof aMappedPartner>>;
beforeAll(async () => {
  sandbox = await aSandbox({ portal: { hubUi: "http://127.0.0.1:4000" } });
  partner = await aMappedPartner(sandbox);
  await partner.vendor("POST", "/organization/services", { id: "sku/1", name: "Extra", description: "" });
});
afterEach(async () => {
  await fetch(`${sandbox.url}/_faults`, { method: "DELETE" });
});
afterAll(cleanUp);

type Send = (token?: string) => Promise<Answer>;
const by =
  (method: string, path: string, body?: unknown): Send =>
  (token = partner.token) =>
    sandbox.vendor(token, method, path, body);
const count =
  (accountId: unknown, unitCount: unknown): Send =>
  (token = partner.token) =>
    sandbox.vendor(token, "POST", `/service/${partner.serviceId}/count`, { accountId, unitCount });
const one: Send = (token) => by("GET", `/service/${partner.serviceId}`)(token);

// each operation's ways to each of its documented statuses; 401, 403 and 429 are the same everywhere and follow from
// the first
const cases: Record<string, Record<number, Send[]>> = {
  getVendor: { 200: [by("GET", "")] },
  updateVendor: { 200: [by("PATCH", "", { name: "Hub" })], 400: [by("PATCH", "", {}), by("PATCH", "", { name: 7 })] },
  createVendorService: {
    201: [by("POST", "/service", mailbox)],
    400: [by("POST", "/service", { ...mailbox, category: "Security" }), by("POST", "/service", { name: "x" })],
  },
  getVendorService: { 200: [one], 404: [by("GET", "/service/none")] },
  createBilling: {
    201: [count("cust-1", 3), count("cust-1", 0), count("cust-1", 1.5)],
    400: [count("cust-1", "3"), count("cust-1", -1), count("cust-1", null), count(7, 3), count(undefined, 3)],
    404: [
      count("cust-2", 3),
      count("nobody", 3),
      by("POST", "/service/none/count", { accountId: "cust-1", unitCount: 1 }),
    ],
  },
  getIntegration: { 200: [by("GET", "/organization")] },
  updateIntegrationStatus: {
    200: [by("PATCH", "/organization/status/inactive"), by("PATCH", "/organization/status/pending")],
    400: [by("PATCH", "/organization/status/Pending"), by("PATCH", "/organization/status/error")],
  },
  getAccounts: {
    200: [by("GET", "/organization/accounts"), by("GET", "/organization/accounts?returnUnmapped=false")],
  },
  createAccount: {
    201: [
      by("POST", "/organization/accounts", { id: "Ž/1?", name: "Žluťoučký kůň" }),
      by("POST", "/organization/accounts", [{ id: "many", name: "Many", description: "d", isArrears: true }]),
    ],
    400: [
      by("POST", "/organization/accounts", [{ id: "x" }]),
      by("POST", "/organization/accounts", "{nothing"),
      by("POST", "/organization/accounts"),
    ],
    409: [by("POST", "/organization/accounts", [{ id: "cust-1", name: "Again" }])],
  },
  updateAccounts: {
    200: [
      by("PATCH", "/organization/accounts", [{ id: "cust-2", name: "Gorse" }]),
      by("PATCH", "/organization/accounts", { id: "cust-2", isActive: false }),
    ],
    400: [by("PATCH", "/organization/accounts", [{ name: "no id" }])],
    404: [by("PATCH", "/organization/accounts", [{ id: "nobody", name: "n" }])],
  },
  updateAccount: {
    200: [by("PATCH", `/organization/accounts/${encodeURIComponent("Ž/1?")}`, { name: "Kůň" })],
    400: [
      by("PATCH", "/organization/accounts/cust-2", {}),
      by("PATCH", "/organization/accounts/cust-2", { id: "cust-1" }),
    ],
    404: [by("PATCH", "/organization/accounts/nobody", { name: "n" })],
  },
  createServiceMappingObject: {
    201: [by("POST", "/organization/services", [{ id: "sku/2", name: "Two", description: "" }])],
    400: [by("POST", "/organization/services", { id: "sku/3", name: "no description" })],
    409: [by("POST", "/organization/services", { id: "sku/1", name: "Extra", description: "" })],
  },
  updateServiceMappingObjects: {
    200: [by("PATCH", "/organization/services", [{ id: "sku/1", name: "Extra one" }])],
    400: [by("PATCH", "/organization/services", { name: "no id" })],
    404: [by("PATCH", "/organization/services", { id: "none" })],
  },
  updateServiceMappingObject: {
    200: [by("PATCH", "/organization/services/sku%2F1", { description: "d" })],
    400: [by("PATCH", "/organization/services/sku%2F1", { name: 7 })],
    404: [by("PATCH", "/organization/services/none", { name: "n" })],
  },
  getClients: { 200: [by("GET", "/organization/clients"), by("GET", "/organization/clients?search=alder")] },
};
// documented, but the sandbox cannot get there: a valid token always has its vendor and its connection
const outOfReach = ["getIntegration 404", "getAccounts 404", "createAccount 404", "createServiceMappingObject 404"];

describe("the description of Gradient's vendor API", () => {
  it("is covered to the last documented status", () => {
    const reached = Object.entries(cases).flatMap(([id, statuses]) =>
      [...Object.keys(statuses), "401", "403", "429"].map((status) => `${id} ${status}`),
    );
    const documented = operations
      .filter(({ id }) => id !== "updateVendorService")
      .flatMap(({ id, responses }) => Object.keys(responses).map((status) => `${id} ${status}`));
    expect(new Set([...reached, ...outOfReach])).toEqual(new Set(documented));
  });

  for (const [operationId, statuses] of Object.entries(cases)) {
    it(`fits what the sandbox answers to ${operationId}`, async () => {
      for (const [status, sends] of Object.entries(statuses)) {
        for (const [index, send] of sends.entries()) {
          const answer = await send();
          expect([index, answer.status, mistakes(operationId, answer)]).toEqual([index, Number(status), []]);
        }
      }
      const [send] = Object.values(statuses)[0] ?? [];
      if (!send) throw new Error(`${operationId} has no case`);
      const refused = await send("not-the-token");
      expect([refused.status, mistakes(operationId, refused)]).toEqual([401, []]);
      for (const status of [403, 429]) {
        await sandbox.faults({ [`rate${status}`]: 1 });
        const answer = await send();
        expect([answer.status, mistakes(operationId, answer)]).toEqual([status, []]);
      }
    });
  }

  it("lists the same categories of services", () => {
    expect(serviceCategory.options).toEqual(description.components.schemas.ServiceCategory.enum);
    expect(serviceSubcategory.options).toEqual(description.components.schemas.ServiceSubcategory.enum);
  });
});

describe("the vendor's side", () => {
  it("answers a new service with the vendor, unwrapped", async () => {
    const { body } = await partner.vendor("POST", "/service", { ...mailbox, name: "Unwrapped" });
    const { body: read } = await partner.vendor("GET", "");
    expect(body.id).toBe(read.data.id);
    expect(read.data.skus.map(({ name }: { name: string }) => name)).toContain("Unwrapped");
    expect(read.data.integrationPortalUrl).toBe("http://127.0.0.1:4000");
  });

  it("says which account map is missing", async () => {
    const { body } = await partner.count(1, "cust-2");
    expect(body).toMatchObject({ statusCode: 404, message: "No account map found with id: cust-2" });
  });

  it("creates nothing of a list in which one id is taken or given twice", async () => {
    const create = (...ids: string[]) =>
      partner.vendor(
        "POST",
        "/organization/accounts",
        ids.map((id) => ({ id, name: id })),
      );
    expect((await create("new-1", "cust-1")).status).toBe(409);
    expect((await create("new-2", "new-2")).status).toBe(409);
    const { body } = await partner.vendor("GET", "/organization/accounts?accountIds=new-1,new-2,cust-1");
    expect(body.map(({ id }: { id: string }) => id)).toEqual(["cust-1"]);
  });

  it("lists only mapped accounts when unmapped ones are not wanted", async () => {
    const { body } = await partner.vendor("GET", "/organization/accounts?returnUnmapped=false");
    expect(body).toEqual([
      { id: "cust-1", name: "Fir Bakery", description: "", isMapped: true, mappingId: expect.any(String) },
    ]);
  });

  it("moves counts and mapping along when an account gets another id", async () => {
    const own = await aMappedPartner(sandbox);
    await own.count(8);
    await own.vendor("PATCH", "/organization/accounts/cust-1", { id: "cust-1b" });
    expect(await own.counts()).toEqual([["cust-1b", 8]]);
    expect((await own.count(9, "cust-1b")).status).toBe(201);
    expect((await own.count(9, "cust-1")).status).toBe(404);
  });

  it("takes a count for a partner's own service under the vendor's id, once it is mapped", async () => {
    const send = () => partner.vendor("POST", "/service/sku%2F1/count", { accountId: "cust-1", unitCount: 2 });
    expect((await send()).status).toBe(404);
    await partner.partner("POST", "/mappings/services", { serviceId: "sku/1" });
    expect((await send()).status).toBe(201);
  });

  it("refuses tokens of any other make", async () => {
    const withHeader = (value: string) =>
      fetch(`${sandbox.url}/api/vendor-api/organization`, { headers: { "gradient-token": value } });
    const right = Buffer.from(`canary-vendor-key:${partner.token}`).toString("base64");
    expect((await withHeader(right)).status).toBe(200);
    const wrong = [
      "",
      `Bearer ${right}`,
      `canary-vendor-key:${partner.token}`,
      `${right.slice(0, 8)} ${right.slice(8)}`,
      Buffer.from(`canary-vendor-kex:${partner.token}`).toString("base64"),
      Buffer.from("canary-vendor-key:").toString("base64"),
      Buffer.from("canary-vendor-key").toString("base64"),
    ];
    for (const value of wrong) expect((await withHeader(value)).status).toBe(401);
    const refused = await withHeader("x");
    expect(await refused.json()).toEqual({ statusCode: 401, message: "Unauthorized", error: "Unauthorized" });
  });

  it("refuses another partner's token its accounts", async () => {
    const other = await aConnectedPartner(sandbox, { name: "Other MSP" });
    expect((await other.vendor("GET", "/organization/accounts")).body).toEqual([]);
    expect((await other.vendor("PATCH", "/organization/accounts/cust-1", { name: "Mine" })).status).toBe(404);
  });
});

describe("the plumbing", () => {
  it("answers unknown paths with 404 as JSON, on every side", async () => {
    const paths = [
      "/api/vendor-api/",
      "/api/none",
      "/_partner",
      "/_partner/organizations/none",
      "/none",
      "//host/_partner/stats",
      "/api/vendor-api/service/%",
    ];
    for (const path of paths) {
      const response = await fetch(`${sandbox.url}${path}`);
      expect([path, response.status, await response.json()]).toEqual([
        path,
        404,
        expect.objectContaining({ statusCode: 404 }),
      ]);
    }
    expect((await fetch(`${sandbox.url}/api/vendor-api`, { method: "DELETE" })).status).toBe(404);
  });

  it("listens on 127.0.0.1 and nowhere else", async () => {
    const elsewhere = sandbox.url.replace("127.0.0.1", "127.0.0.2");
    await expect(fetch(elsewhere, { signal: AbortSignal.timeout(1000) })).rejects.toThrow();
  });

  it("refuses bodies over 1 MiB", async () => {
    const large = JSON.stringify({ name: "x".repeat(1024 * 1024) });
    expect((await partner.vendor("POST", "/service", large)).status).toBe(413);
    expect((await sandbox.partner("POST", "/organizations", large)).status).toBe(413);
  });

  it("stays up whatever it is sent", async () => {
    const bodies = ["null", "[]", "7", '"text"', "{", '{"name":null}', "[[[[", '{"__proto__":{"name":"x"}}', "\u0000"];
    for (const path of ["/service", "/organization/accounts", "/organization/services"]) {
      for (const body of bodies) {
        const { status } = await partner.vendor("POST", path, body);
        expect([path, body, status >= 500]).toEqual([path, body, false]);
      }
    }
    for (const path of ["/organizations", `/organizations/${partner.organizationId}/mappings/auto`]) {
      for (const body of bodies) {
        const { status } = await sandbox.partner("POST", path, body);
        expect([path, body, status >= 500]).toEqual([path, body, false]);
      }
    }
    expect((await partner.vendor("GET", "/organization")).status).toBe(200);
  });
});
