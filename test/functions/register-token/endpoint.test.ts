import { describe, expect, it } from "vitest";
import { startIntegration } from "#functions/start-integration/start-integration";
import { AppError } from "#shared/errors";
import { gradientUnavailable } from "#shared/gradient/gradient-api";
import { partnerToken, tokenFingerprint } from "#shared/gradient/gradient-token";
import { openForAll } from "#test/builders/breakers";
import { aProblem, jsonHeaders } from "#test/builders/http-event";
import { hubApi } from "#test/builders/hub-api";
import { anIntegrationRow } from "#test/builders/integration";
import { printedBy } from "#test/builders/stdout";
import { everyRow } from "#test/builders/table";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";

const at = "2026-11-22T10:00:00.000Z";

// that somebody has called, or tried, is written down in any case
const isTrace = ({ sk }: { sk: string }) => sk.startsWith("event#") || sk === "token-tries" || sk === "calls";
const keptIn = ({ table }: Pick<ServiceWorld, "table">) => everyRow(table).filter((row) => !isTrace(row));

const startedApi = async () => {
  const world = serviceWorld();
  world.gradient.addOrganization({ token: world.token, organizationName: "Example MSP" });
  await startIntegration(world.common)(world);
  const before = keptIn(world);
  const nothingKept = () => {
    expect(keptIn(world)).toEqual(before);
    expect(world.vault.names()).toEqual([]);
  };
  return { world, nothingKept, ...hubApi(world) };
};

it("answers with the organization that the token belongs to, and never with the token", async () => {
  const { ask, world } = await startedApi();

  const reply = await ask("token", { body: { partnerToken: ` "${world.token}"\r\n` } });

  expect(reply).toMatchObject({
    status: 200,
    headers: jsonHeaders,
    body: {
      state: "awaiting-agreement",
      step: 1,
      nextEnabled: false,
      gradient: { organizationName: "Example MSP", status: "pending", lastSyncedAt: null },
      agreement: null,
      problems: [],
    },
  });
  expect(reply.body.token).toEqual({
    status: "valid",
    lastFour: "0001",
    fingerprint: tokenFingerprint(world.token, "hash-key").slice(0, 12),
    registeredAt: at,
    registeredBy: "person-1",
    checkedAt: at,
  });
  expect(JSON.stringify(reply)).not.toContain(world.token);
});

it("answers a repeat in the same way", async () => {
  const { ask, world } = await startedApi();
  const first = await ask("token", { body: { partnerToken: world.token } });

  expect(await ask("token", { body: { partnerToken: world.token } })).toEqual(first);
});

describe("a token that is not taken", () => {
  it("is told what shape a token has", async () => {
    const { ask, nothingKept } = await startedApi();
    const shape = "16 to 256 printable ASCII characters without spaces or colons";

    expect(await ask("token", { body: { partnerToken: "vendor:partner-canary-1234" } })).toEqual(
      aProblem(
        422,
        "token.malformed",
        "The request needs a correction",
        `This is not the shape of a Gradient token: ${shape}. Copy the whole key from Gradient and paste it again.`,
        { errors: [{ path: "partnerToken", message: `Expected ${shape}.` }] },
      ),
    );
    nothingKept();
  });

  it("is told that Gradient refuses it", async () => {
    const { ask, nothingKept } = await startedApi();

    expect(await ask("token", { body: { partnerToken: "canary-partner-token" } })).toEqual(
      aProblem(
        422,
        "token.rejected",
        "The request needs a correction",
        "Gradient does not accept this token. Generate a new one in Gradient and paste it here.",
      ),
    );
    nothingKept();
  });

  it("is told that Gradient cannot be asked", async () => {
    const { ask, world, nothingKept } = await startedApi();
    world.gradient.failNext("readConnection", { error: new AppError("unavailable", "gradient.unavailable", "down") });

    expect(await ask("token", { body: { partnerToken: world.token } })).toEqual(
      aProblem(
        503,
        "gradient.unavailable",
        "Temporarily unavailable",
        "Gradient could not be asked about the token. Nothing was changed; try again in a moment.",
      ),
    );
    nothingKept();
  });

  it("is told that Gradient answers too slowly", async () => {
    const { ask, world, nothingKept } = await startedApi();
    world.gradient.failNext("readConnection", { error: gradientUnavailable("too-slow") });

    expect(await ask("token", { body: { partnerToken: world.token } })).toMatchObject({
      status: 503,
      body: { code: "gradient.unavailable", detail: expect.stringContaining("Gradient answers too slowly") },
    });
    nothingKept();
  });

  it("is told how long to wait when Gradient says so", async () => {
    const { ask, world, nothingKept } = await startedApi();
    const error = new AppError("unavailable", "gradient.throttled", "slow", { retryAfterSeconds: 7 });
    world.gradient.failNext("readConnection", { error });

    expect(await ask("token", { body: { partnerToken: world.token } })).toMatchObject({
      status: 503,
      headers: { "retry-after": "7" },
      body: { code: "gradient.unavailable" },
    });
    nothingKept();
  });

  it("is told that Gradient refused the call", async () => {
    const { ask, world, nothingKept } = await startedApi();
    world.gradient.failNext("setStatus", { error: new AppError("upstream", "gradient.refused", "no") });

    expect(await ask("token", { body: { partnerToken: world.token } })).toMatchObject({
      status: 502,
      body: { code: "gradient.unavailable" },
    });
    nothingKept();
  });

  it.each([
    [
      "vendor-key",
      502,
      "gradient.vendor-key-rejected",
      "That says nothing about yours. Gradient is asked again at 10:05 UTC.",
    ],
    ["gradient-refuses", 503, "gradient.refused", "refuses all calls of the hub"],
    ["gradient-down", 503, "gradient.unavailable", "does not answer at the moment"],
  ] as const)("is told why none can be checked, without a call: %s", async (trouble, status, code, words) => {
    const { ask, world } = await startedApi();
    // of more partners than a few: one is left whose token tells more than what somebody types
    const rotation = ["p-1", "p-2", "p-3", "p-4"];
    for (const partnerId of rotation) await world.table.put(anIntegrationRow({ partnerId }));
    await openForAll(world.table, trouble, world.clock.now(), { rotation });
    const before = keptIn(world);
    // wrong, but who would know
    const body = { partnerToken: "gradient-partner-token-9999" };
    world.gradient.failNext("readConnection", { error: new Error("must not be called") });

    const reply = await ask("token", { body });

    expect(reply).toMatchObject({ status, body: { code, detail: expect.stringContaining(words) } });
    expect(Number(Object(reply.headers)["retry-after"])).toBeGreaterThan(0);
    expect(keptIn(world)).toEqual(before);
    expect(world.vault.names()).toEqual([]);
  });

  it("is told that the secret store cannot be reached", async () => {
    const { ask, world } = await startedApi();
    world.vault.failNext();

    expect(await ask("token", { body: { partnerToken: world.token } })).toMatchObject({
      status: 503,
      body: { code: "secrets.unavailable" },
    });
    expect(await world.integration()).toMatchObject({ state: "awaiting-token", token: null, gradient: null });
    expect(world.vault.names()).toEqual([]);
  });

  it("is told that another partner uses it", async () => {
    const { ask, world } = await startedApi();
    const theirs = { org_id: "org-2" };
    await ask("start", { person: theirs });
    expect(await ask("token", { body: { partnerToken: world.token }, person: theirs })).toMatchObject({ status: 200 });
    const before = keptIn(world);

    expect(await ask("token", { body: { partnerToken: world.token } })).toEqual(
      aProblem(
        409,
        "token.in-use",
        "Not possible now",
        "This token, or its Gradient organization, is connected to another partner. Take a key of your own Gradient organization, or have the other partner disconnect first.",
      ),
    );
    expect(keptIn(world)).toEqual(before);
  });

  it("is told which step comes first", async () => {
    const { ask } = hubApi(serviceWorld());

    expect(await ask("token", { body: { partnerToken: "gradient-partner-token-0001" } })).toEqual(
      aProblem(409, "integration.wrong-step", "Not possible now", "Start the integration first.", {
        state: "not-started",
      }),
    );
  });

  it("appears in no log line and no answer, whatever went wrong", async () => {
    const { ask, world } = await startedApi();
    const canary = "canary-partner-token-0001";
    const replies: unknown[] = [];
    world.gradient.failNext("readConnection", { error: new Error(`fetch failed`) });

    const printed = await printedBy(async () => {
      for (const body of [
        { partnerToken: canary },
        { partnerToken: `${canary} ${canary}` },
        { partnerToken: [canary] },
        { partnerToken: canary, token: canary },
        `{"partnerToken": "${canary}`,
        `${canary}`,
        { partnerToken: canary.repeat(4_000) },
      ]) {
        replies.push(await ask("token", { body }));
      }
    });

    expect(replies.map((reply) => Object(reply).status)).toEqual([500, 422, 422, 422, 400, 400, 413]);
    expect(printed).toContain("request refused");
    for (const line of printed.trim().split("\n"))
      expect(JSON.parse(line)).toMatchObject({ awsRequestId: "request-1" });
    expect(printed + JSON.stringify(replies)).not.toContain("canary");
  });
});

it("repeats no token that was taken for the name of a field", async () => {
  const { ask, world } = await startedApi();

  const reply = await ask("token", { body: { partnerToken: world.token, [world.token]: true } });

  expect(reply).toMatchObject({ status: 422, body: { code: "request.invalid", errors: [{ path: "" }] } });
  expect(JSON.stringify(reply)).not.toContain(world.token);
});

it("asks before it follows a token into another Gradient organization", async () => {
  const { ask, world } = await startedApi();
  await ask("token", { body: { partnerToken: world.token } });
  const other = partnerToken.parse("gradient-partner-token-0002");
  world.gradient.addOrganization({ token: other, organizationName: "Other MSP" });

  expect(await ask("token", { body: { partnerToken: other } })).toMatchObject({
    status: 409,
    body: { code: "organization.differs", current: { name: "Example MSP" }, new: { name: "Other MSP" } },
  });
  expect(await ask("token", { body: { partnerToken: other, confirmOrganizationChange: true } })).toMatchObject({
    status: 200,
    body: { gradient: { organizationName: "Other MSP" } },
  });
});
