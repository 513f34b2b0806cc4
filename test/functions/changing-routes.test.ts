import { describe, expect, it } from "vitest";
import { currentAgreement } from "#shared/agreements/agreement";
import { aProblem, type HttpCall } from "#test/builders/http-event";
import { type ChangingRoute, changingRoutes, hubApi } from "#test/builders/hub-api";
import { printedBy } from "#test/builders/stdout";
import { everyRow } from "#test/builders/table";
import { serviceWorld } from "#test/fakes/service-world";

const { version, sha256 } = currentAgreement;

/** A request that each route would take. */
const goodCalls: Record<ChangingRoute, Omit<HttpCall, "routeKey">> = {
  start: {},
  token: { body: { partnerToken: "another-partner-token-0002" } },
  confirm: { body: { version, sha256 } },
  resend: { path: { version } },
  check: {},
  exclude: { body: { kind: "accounts", ids: ["a"], reason: "Bills itself" } },
  include: { body: { kind: "accounts", ids: ["a"] } },
  startExport: { body: { mode: "full" } },
  cancelExport: { path: { exportId: "some-export" } },
  schedule: { body: { frequency: "daily", hour: 3, timeZone: "Europe/Prague" } },
  notifications: { body: { recipients: ["ann@msp.example"], onSuccess: true } },
  disconnect: {},
};
/** How large a body a route takes, in KiB; those that name 500 ids of any kind take more. */
const largest: Partial<Record<ChangingRoute, number>> = { exclude: 512, include: 512, startExport: 512 };
const routes = Object.keys(changingRoutes) as ChangingRoute[];

/** A connected partner's API; `unchanged` fails once any row, secret or call is different. */
const connectedApi = async () => {
  const world = serviceWorld();
  await world.addService("dns");
  await world.addCustomer("a");
  await world.connect();
  const state = () => ({
    // that somebody has called, or tried a token, is written down in any case
    rows: everyRow(world.table).filter(({ sk }) => !["calls", "token-tries"].includes(sk)),
    secrets: world.vault.names().map((name) => world.vault.versions(name)),
    gradient: structuredClone(world.gradient.organizationOf(world.token)),
  });
  const before = state();
  const unchanged = () => expect(state()).toEqual(before);
  return { ...hubApi(world), unchanged };
};

describe.each(routes)("%s", (route) => {
  const good = goodCalls[route];

  it("answers a body that is not JSON with 400 and repeats nothing of it", async () => {
    const { ask, unchanged } = await connectedApi();
    let reply: unknown;

    const printed = await printedBy(async () => {
      reply = await ask(route, { ...good, body: '{"partnerToken": "canary-partner-token-0001" ' });
    });

    expect(reply).toEqual(
      aProblem(400, "request.malformed", "The request cannot be read", "The body is not JSON in UTF-8."),
    );
    expect(printed).not.toContain("canary");
    unchanged();
  });

  it("answers a body that is not UTF-8 with 400", async () => {
    const { ask, unchanged } = await connectedApi();
    const body = Buffer.from([0x22, 0xff, 0xfe, 0x22]).toString("base64");

    expect(await ask(route, { ...good, body, isBase64Encoded: true })).toMatchObject({ status: 400 });
    unchanged();
  });

  it("answers a body that is far too large with 413", async () => {
    const { ask, unchanged } = await connectedApi();
    const limit = largest[route] ?? 64;

    expect(await ask(route, { ...good, body: { partnerToken: "x".repeat((limit + 236) * 1024) } })).toEqual(
      aProblem(413, "request.too-large", "Too large", `The body is larger than ${limit} KiB.`),
    );
    unchanged();
  });

  it("names an unknown field", async () => {
    const { ask, unchanged } = await connectedApi();

    const { status, headers, body } = await ask(route, {
      ...good,
      body: { ...Object(good.body), partnerId: "org-2002" },
    });

    expect(status).toBe(422);
    expect(headers).toMatchObject({ "content-type": "application/problem+json" });
    expect(body.code).toBe("request.invalid");
    expect(body.errors).toContainEqual({ path: "partnerId", message: "There is no such field." });
    unchanged();
  });

  it.each([
    ["a list", []],
    ["a text", '"x"'],
    ["null", "null"],
  ])("refuses %s in place of the body", async (_, body) => {
    const { ask, unchanged } = await connectedApi();

    expect(await ask(route, { ...good, body })).toMatchObject({
      status: 422,
      body: { code: "request.invalid", errors: [{ path: "", message: expect.any(String) }] },
    });
    unchanged();
  });

  it.each([
    ["names no organization", { org_id: "" }],
    ["names an organization that cannot be", { org_id: "org\u00001" }],
    ["names no organization, as text", { org_id: "null" }],
    ["names a list of organizations", { org_id: "[org-1 org-2]" }],
    ["names one organization in brackets", { org_id: "[org-1]" }],
    ["has no role", { role: "" }],
    ["has a role that nobody knows", { role: "root" }],
    ["names nobody", { sub: "" }],
  ])("is not for an identity that %s", async (_, person) => {
    const { ask, unchanged } = await connectedApi();

    expect(await ask(route, { ...good, person })).toEqual(
      aProblem(
        403,
        "identity.incomplete",
        "Not allowed",
        "The token names no person, organization or known role: the identity provider has to set `sub`, `org_id` and `role`.",
      ),
    );
    unchanged();
  });

  it.each(["service", "gradient", "hub-feed"])("is not for a person by the name of %s", async (sub) => {
    const { ask, unchanged } = await connectedApi();

    expect(await ask(route, { ...good, person: { sub } })).toMatchObject({
      status: 403,
      body: { code: "caller.reserved" },
    });
    unchanged();
  });

  it("never touches another partner's records, whatever ids the request has", async () => {
    const { ask, unchanged } = await connectedApi();

    const { status } = await ask(route, { ...good, person: { org_id: "org-2" } });

    // starting is everybody's own; of all else the other partner has nothing
    if (route === "start") expect(status).toBe(201);
    else {
      expect([404, 409]).toContain(status);
      unchanged();
    }
  });

  it("is for a full administrator", async () => {
    const { ask } = await connectedApi();

    const { body } = await ask(route, { ...good, person: { role: "full_admin" } });

    expect(body.code).not.toBe("role.not-allowed");
  });
});

describe("fields of the wrong type", () => {
  it.each<[ChangingRoute, object, string[]]>([
    ["token", { partnerToken: 42 }, ["partnerToken"]],
    ["token", { partnerToken: null }, ["partnerToken"]],
    ["token", {}, ["partnerToken"]],
    ["confirm", { version: 1, sha256: [] }, ["version", "sha256"]],
    ["confirm", { version: "x".repeat(65), sha256: "y".repeat(129) }, ["version", "sha256"]],
    ["startExport", { mode: "everything" }, ["mode"]],
    ["startExport", { customerIds: "a" }, ["customerIds"]],
    ["startExport", { customerIds: [] }, ["customerIds"]],
    ["startExport", { customerIds: ["a", 7] }, ["customerIds.1"]],
    ["startExport", { customerIds: Array.from({ length: 501 }, (_, index) => `c${index}`) }, ["customerIds"]],
    ["startExport", { retryOf: "" }, ["retryOf"]],
    ["startExport", { retryOf: "x".repeat(129) }, ["retryOf"]],
    ["startExport", { retryOf: "20261122T100000000Z\n" }, ["retryOf"]],
    ["startExport", { retryOf: "half a character \ud83c" }, ["retryOf"]],
    ["startExport", { retryOf: 7 }, ["retryOf"]],
    ["startExport", { retryOf: null }, ["retryOf"]],
    ["startExport", { retryOf: ["run"] }, ["retryOf"]],
    ["startExport", { retryOf: "", customerIds: [""], mode: "" }, ["mode", "customerIds.0", "retryOf"]],
    ["schedule", { frequency: "hourly", hour: 3, timeZone: "UTC" }, ["frequency"]],
    ["schedule", { frequency: "daily", hour: 24, timeZone: "UTC" }, ["hour"]],
    ["schedule", { frequency: "daily", hour: 1.5, timeZone: "UTC" }, ["hour"]],
    ["schedule", { frequency: "daily", hour: 3, timeZone: "Mars/Olympus" }, ["timeZone"]],
    ["schedule", { frequency: "weekly", hour: 3, timeZone: "UTC" }, ["dayOfWeek"]],
    ["schedule", { frequency: "daily", hour: 3, timeZone: "UTC", pausedUntil: "soon" }, ["pausedUntil"]],
  ])("%s %j: named one by one", async (route, body, paths) => {
    const { ask, unchanged } = await connectedApi();

    const reply = await ask(route, { ...goodCalls[route], body });

    expect(reply).toMatchObject({ status: 422, body: { code: "request.invalid" } });
    expect(reply.body.errors.map(({ path }: { path: string }) => path)).toEqual(paths);
    for (const { message } of reply.body.errors) expect(message).toMatch(/\w/);
    unchanged();
  });
});
