import { describe, expect, it } from "vitest";
import { disconnectIntegration } from "#functions/disconnect-integration/disconnect-integration";
import { startIntegration } from "#functions/start-integration/start-integration";
import { AppError } from "#shared/errors";
import { tokenFingerprint } from "#shared/gradient/gradient-token";
import { findIntegration } from "#shared/integrations/integration";
import { everyRow } from "#test/builders/table";
import { serviceWorld } from "#test/fakes/service-world";
import {
  foreign,
  gradientFailures,
  keptBy,
  newToken,
  register,
  startedWorld,
  tokenInForce,
  withNeighbour,
} from "./token-rig.ts";

describe("a first token", () => {
  it("is kept in the vault alone, and known by its last four characters and a fingerprint", async () => {
    const { world, organization } = await startedWorld();

    await register(world, world.token);

    const integration = await world.integration();
    expect(integration).toMatchObject({
      state: "awaiting-agreement",
      token: {
        fingerprint: tokenFingerprint(world.token, "hash-key"),
        lastFour: "0001",
        status: "valid",
        registeredBy: world.by.actor,
        registeredAt: world.clock.date().toISOString(),
      },
      gradient: {
        organizationId: organization.connection.organizationId,
        organizationName: "Example MSP",
        status: "pending",
      },
    });
    expect(await tokenInForce(world)).toBe(world.token);
    expect(JSON.stringify(everyRow(world.table))).not.toContain(world.token);
  });

  it("makes Gradient's status pending, so that Gradient's wizard goes on", async () => {
    const { world, organization } = await startedWorld();

    await register(world, world.token);

    expect(organization.connection.status).toBe("pending");
  });

  it.each(["pending", "active"])("leaves a status of %s as it is", async (status) => {
    const { world, organization } = await startedWorld();
    organization.connection.status = status;
    world.gradient.failNext("setStatus", { error: new Error("must not be called") });

    await register(world, world.token);

    expect((await world.integration()).gradient?.status).toBe(status);
  });

  it.each([
    ["spaces", `  ${serviceWorld().token} `],
    ["line breaks", `\r\n${serviceWorld().token}\n`],
    ["a line break in the middle", serviceWorld().token.replace("-token", "\n  -token")],
    ["quotes", `"${serviceWorld().token}"`],
    ["typographic quotes", `\u201c${serviceWorld().token}\u201d`],
    ["invisible characters", `\ufeff${serviceWorld().token}\u200b`],
  ])("is cleaned of %s around it", async (_, text) => {
    const { world } = await startedWorld();

    await register(world, text);

    expect(await tokenInForce(world)).toBe(world.token);
  });
});

describe("nothing is kept of a token", () => {
  it.each([
    ["is too short", "short"],
    ["is too long", "x".repeat(257)],
    ["is a whole pair of keys", "vendor-key-123456:partner-key-123456"],
    ["has letters beyond ASCII", "gradient-pärtner-token-0001"],
    ["is empty", ""],
  ])("that %s", async (_, text) => {
    const { world } = await startedWorld();
    const before = keptBy(world);

    await expect(register(world, text)).rejects.toMatchObject({
      kind: "invalid",
      code: "token.malformed",
      message: expect.stringContaining("16 to 256 printable ASCII characters without spaces or colons"),
      errors: [{ path: "partnerToken", message: expect.stringContaining("16 to 256") }],
    });
    expect(keptBy(world)).toEqual(before);
  });

  it("that Gradient refuses", async () => {
    const { world } = await startedWorld();
    const before = keptBy(world);

    await expect(register(world, "some-other-partner-token")).rejects.toMatchObject({
      kind: "invalid",
      code: "token.rejected",
    });
    expect(keptBy(world)).toEqual(before);
  });

  it("that Gradient refuses between the check and the status", async () => {
    const { world } = await startedWorld();
    const before = keptBy(world);
    const error = new AppError("forbidden", "gradient.token-rejected", "refused");
    world.gradient.failNext("setStatus", { error });

    await expect(register(world, world.token)).rejects.toMatchObject({ kind: "invalid", code: "token.rejected" });
    expect(keptBy(world)).toEqual(before);
  });

  it.each(gradientFailures)("while Gradient %s", async (_, error, kind, code) => {
    for (const call of ["readConnection", "setStatus"] as const) {
      const { world } = await startedWorld();
      const before = keptBy(world);
      world.gradient.failNext(call, { error });

      await expect(register(world, world.token)).rejects.toMatchObject({ kind, code });
      expect(keptBy(world)).toEqual(before);
    }
  });

  it("that another partner uses", async () => {
    const { world } = await startedWorld();
    await withNeighbour(world);
    const before = keptBy(world);

    await expect(register(world, newToken)).rejects.toMatchObject({ kind: "conflict", code: "token.in-use" });
    expect(keptBy(world)).toEqual(before);
  });

  it("of a Gradient organization that another partner is connected to", async () => {
    const { world, organization } = await startedWorld();
    const { connection } = await withNeighbour(world);
    organization.connection.organizationId = connection.organizationId;
    const before = keptBy(world);

    await expect(register(world, world.token)).rejects.toMatchObject({ kind: "conflict", code: "token.in-use" });
    expect(keptBy(world)).toEqual(before);
    expect(organization.connection.status).toBe("inactive");
  });

  it("before the integration is started, or after it is ended", async () => {
    const world = serviceWorld();
    await expect(register(world, world.token)).rejects.toMatchObject({ code: "integration.wrong-step" });

    world.gradient.addOrganization({ token: world.token });
    await startIntegration(world.common)(world);
    await disconnectIntegration(world.common)(world);
    const before = keptBy(world);

    await expect(register(world, world.token)).rejects.toMatchObject({ code: "integration.wrong-step" });
    expect(keptBy(world)).toEqual(before);
  });
});

describe("of two partners with one token at once", () => {
  it("one gets it, the other hears that it is in use", async () => {
    const { world } = await startedWorld();
    await startIntegration(world.common)(foreign);

    const ends = await Promise.allSettled([
      register(world, world.token),
      world.register({ ...foreign, text: world.token }),
    ]);

    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(ends).toContainEqual(expect.objectContaining({ reason: expect.objectContaining({ code: "token.in-use" }) }));
    const holders = await Promise.all(
      [world.partnerId, foreign.partnerId].map(async (id) => (await findIntegration(world.table, id))?.token ?? null),
    );
    expect(holders.filter((token) => token !== null)).toHaveLength(1);
  });
});
