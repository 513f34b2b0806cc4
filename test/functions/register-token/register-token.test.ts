import { describe, expect, it } from "vitest";
import { disconnectIntegration } from "#functions/disconnect-integration/disconnect-integration";
import { registerToken } from "#functions/register-token/register-token";
import { startIntegration } from "#functions/start-integration/start-integration";
import { AppError } from "#shared/errors";
import { takeLease } from "#shared/exports/export-lease";
import { findExport } from "#shared/exports/usage-export";
import { partnerToken, tokenFingerprint } from "#shared/gradient/gradient-token";
import { findIntegration } from "#shared/integrations/integration";
import { claimant, organizationClaimKey, tokenClaimKey } from "#shared/integrations/token-claim";
import { maxTries } from "#shared/integrations/token-tries";
import type { Item } from "#shared/table/table";
import { exportOf, start } from "#test/builders/connected-world";
import { aPartnerRow } from "#test/builders/partner";
import { everyRow, owedTasks, rowsOf } from "#test/builders/table";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";

const newToken = partnerToken.parse("gradient-partner-token-0002");
const foreign = { partnerId: "org-2", by: { actor: "user-2", actorName: null, address: null } };

const startedWorld = async () => {
  const world = serviceWorld();
  const organization = world.gradient.addOrganization({ token: world.token, organizationName: "Example MSP" });
  await startIntegration(world.common)(world);
  return { world, organization };
};

const register = (world: ServiceWorld, text: string, confirmOrganizationChange = false) =>
  world.register({ partnerId: world.partnerId, text, by: world.by, confirmOrganizationChange });

/** What a refused try adds, and nothing else of it: that there was one. */
const isTrace = ({ sk }: Item) => sk.startsWith("event#") || sk === "token-tries";
const keptBy = ({ table, vault }: ServiceWorld) => ({
  rows: everyRow(table).filter((row) => !isTrace(row)),
  secrets: vault.names().map((name) => vault.versions(name)),
});

/** Another partner that uses another token of another organization. */
const withNeighbour = async (world: ServiceWorld) => {
  const organization = world.gradient.addOrganization({ token: newToken });
  await startIntegration(world.common)(foreign);
  await world.register({ ...foreign, text: newToken });
  return organization;
};

const tokenInForce = async (world: ServiceWorld) => {
  const { token } = await world.integration();
  return token && world.vault.read(token.secretName, token.versionId);
};

const gradientFailures: [string, AppError, string, string][] = [
  ["is down", new AppError("unavailable", "gradient.unavailable", "down"), "unavailable", "gradient.unavailable"],
  ["throttles", new AppError("unavailable", "gradient.throttled", "slow"), "unavailable", "gradient.unavailable"],
  ["forbids the call", new AppError("upstream", "gradient.forbidden", "no"), "unavailable", "gradient.refused"],
  ["refuses the call", new AppError("upstream", "gradient.refused", "no"), "upstream", "gradient.unavailable"],
];

it("typed wrong by three partners, again and again, opens no breaker for anybody", async () => {
  const { world } = await startedWorld();
  const others = ["org-2", "org-3"];
  await world.table.put(aPartnerRow({ id: "org-3" }));
  for (const partnerId of others) await startIntegration(world.common)({ partnerId, by: world.by });

  for (let attempt = 0; attempt < maxTries - 1; attempt += 1) {
    for (const partnerId of [world.partnerId, ...others]) {
      const text = `gradient-partner-token-wrong-${attempt}`;
      await expect(world.register({ partnerId, text, by: world.by })).rejects.toMatchObject({ code: "token.rejected" });
      await world.pass(500);
    }
  }

  expect([...world.table.rows.values()].filter(({ pk }) => pk.startsWith("breaker#"))).toEqual([]);
  await register(world, world.token);
  expect(await world.integration()).toMatchObject({ state: "awaiting-agreement" });
});

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
    ["has a space inside", "gradient partner token 0001"],
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

describe("a token that replaces another", () => {
  const connectedWorld = async () => {
    const world = serviceWorld();
    await world.addService("dns");
    await world.addCustomer("a");
    await world.setUsage("a", { dns: 7 });
    await world.connect();
    return world;
  };

  it("takes over without a disconnect: agreement and mapping stay, the old one is free for nobody's use", async () => {
    const world = await connectedWorld();
    const before = await world.integration();
    const next = world.gradient.regenerateKey(world.token);

    await register(world, next);

    const after = await world.integration();
    const { waitingSince, completedAt } = before.mapping;
    expect(after).toMatchObject({ state: before.state, agreement: before.agreement });
    // but nothing is known to be mapped under the new one
    expect(after.mapping).toMatchObject({ waitingSince, completedAt, lastCheckedAt: null, accounts: { mapped: 0 } });
    expect(await tokenInForce(world)).toBe(next);
    expect(await claimant(world.table, tokenClaimKey(tokenFingerprint(world.token, "hash-key")))).toBeUndefined();
    expect(await claimant(world.table, tokenClaimKey(tokenFingerprint(next, "hash-key")))).toBe(world.partnerId);
    const events = rowsOf(world.table, `partner#${world.partnerId}`, "event#").map(({ type }) => type);
    expect(events).toContain("token.replaced");
  });

  it("leaves the old one in force until it has passed", async () => {
    const world = await connectedWorld();
    const before = keptBy(world);
    world.gradient.addOrganization({ token: newToken });
    world.gradient.failNext("readConnection", {
      error: new AppError("unavailable", "gradient.unavailable", "down"),
    });

    await expect(register(world, newToken)).rejects.toMatchObject({ code: "gradient.unavailable" });
    await expect(register(world, "gradient-partner-token-9999")).rejects.toMatchObject({ code: "token.rejected" });

    expect(keptBy(world)).toEqual(before);
    expect(await tokenInForce(world)).toBe(world.token);
  });

  it("leaves the old one in force when the service dies after storing the secret, and a retry succeeds", async () => {
    const world = await connectedWorld();
    const next = world.gradient.regenerateKey(world.token);
    const dying = registerToken({
      ...world.common,
      gradientFor: () => world.gradient,
      secretPrefix: "p/",
      hashKey: async () => "hash-key",
      table: {
        ...world.table,
        transact: async () => {
          throw new Error("killed");
        },
      },
    });
    const request = { partnerId: world.partnerId, text: next, by: world.by };

    await expect(dying(request)).rejects.toThrow("killed");
    expect(await tokenInForce(world)).toBe(world.token);

    await world.register(request);
    expect(await tokenInForce(world)).toBe(next);
    expect(world.vault.names()).toHaveLength(1);
  });

  it("of another organization is not taken before somebody says that this is meant", async () => {
    const world = await connectedWorld();
    const old = world.gradient.organizationOf(world.token)?.connection;
    const other = world.gradient.addOrganization({ token: newToken, organizationName: "Other MSP" }).connection;
    const before = keptBy(world);

    await expect(register(world, newToken)).rejects.toMatchObject({
      kind: "conflict",
      code: "organization.differs",
      extra: {
        current: { id: old?.organizationId, name: old?.organizationName },
        new: { id: other.organizationId, name: "Other MSP" },
      },
    });
    expect(keptBy(world)).toEqual(before);
  });

  it("of another organization, which is meant, leaves the old one and asks for the agreement and the mapping again", async () => {
    const world = await connectedWorld();
    const before = await world.integration();
    const old = world.gradient.organizationOf(world.token)?.connection;
    const other = world.gradient.addOrganization({ token: newToken });

    await world.register({
      partnerId: world.partnerId,
      text: newToken,
      by: world.by,
      confirmOrganizationChange: true,
    });
    await world.work();

    expect(await world.integration()).toMatchObject({
      state: "awaiting-agreement",
      agreement: null,
      gradient: { organizationId: other.connection.organizationId },
      mapping: { completedAt: null, accounts: { total: 0, mapped: 0 } },
    });
    expect(await claimant(world.table, organizationClaimKey(before.gradient?.organizationId ?? ""))).toBeUndefined();
    expect([old?.status, other.connection.status]).toEqual(["inactive", "pending"]);
    expect(await tokenInForce(world)).toBe(newToken);
    expect(world.mailer.sent.at(-1)?.text).toContain("another organization in Gradient");
  });

  it("is told to the owner: who, from where, and the last four characters", async () => {
    const world = await connectedWorld();

    await register(world, world.gradient.regenerateKey(world.token));
    await world.work();

    const { subject, text } = world.mailer.sent.at(-1) ?? {};
    expect(subject).toBe("The key for Gradient was replaced: Example MSP");
    for (const fact of ["Ada Admin", "203.0.113.7", "Nothing is asked of you"]) expect(text).toContain(fact);
  });

  it("is none where it is the same: nothing changes but when it was checked", async () => {
    const world = await connectedWorld();
    const before = await world.integration();
    const events = rowsOf(world.table, `partner#${world.partnerId}`, "event#").length;
    await world.pass(60_000);

    await register(world, world.token);

    const { token, agreement, mapping, wants } = await world.integration();
    const at = world.clock.date().toISOString();
    expect({ token, agreement, mapping, wants }).toEqual({
      token: { ...before.token, checkedAt: at },
      agreement: before.agreement,
      mapping: before.mapping,
      wants: before.wants,
    });
    expect(rowsOf(world.table, `partner#${world.partnerId}`, "event#")).toHaveLength(events);
  });

  it.each([
    ["of the same connection", false],
    ["of another connection", true],
  ])("%s closes a run that nobody is at in the same step, and frees the partner", async (_, isOther) => {
    const world = await connectedWorld();
    const run = await start(world);
    if (isOther) world.gradient.addOrganization({ token: newToken });
    const text = isOther ? newToken : world.gradient.regenerateKey(world.token);

    await world.register({ partnerId: world.partnerId, text, by: world.by, confirmOrganizationChange: isOther });

    expect(await exportOf(world, run)).toMatchObject({ state: "finished", stop: "not-connected" });
    expect(await world.integration()).toMatchObject({ currentExportId: null });
  });

  it("stops a run that a worker is at, and leaves it to that", async () => {
    const world = await connectedWorld();
    const run = await start(world);
    const place = { partnerId: world.partnerId, exportId: run.id };
    await takeLease({ table: world.table, clock: world.clock, holder: "a worker" }, place);

    await register(world, world.gradient.regenerateKey(world.token));

    expect(await exportOf(world, run)).toMatchObject({ state: "planned", stop: "not-connected" });
    expect(await world.integration()).toMatchObject({ currentExportId: run.id });
  });

  it("raises the floor of proof, and with the token of before leaves it", async () => {
    const world = await connectedWorld();
    const { proofGen } = await world.integration();

    await register(world, world.token);
    expect(await world.integration()).toMatchObject({ proofGen });

    await register(world, world.gradient.regenerateKey(world.token));
    expect(await world.integration()).toMatchObject({ proofGen: proofGen + 1 });
  });

  it("given again changes nothing but the time", async () => {
    const world = await connectedWorld();

    await register(world, world.token);

    expect(await tokenInForce(world)).toBe(world.token);
    expect(await claimant(world.table, tokenClaimKey(tokenFingerprint(world.token, "hash-key")))).toBe(world.partnerId);
    expect(world.vault.names().flatMap((name) => world.vault.versions(name))).toEqual([world.token]);
  });

  it("leaves the first of two at work when it comes back after the second", async () => {
    const world = await connectedWorld();
    const organizationId = (await world.integration()).gradient?.organizationId ?? "";
    const first = world.token;
    const second = world.gradient.regenerateKey(first);
    await register(world, second);
    const third = world.gradient.regenerateKey(second);
    await register(world, third);
    expect(await claimant(world.table, tokenClaimKey(tokenFingerprint(second, "hash-key")))).toBeUndefined();

    world.gradient.addOrganization({ token: second, organizationId });
    await register(world, second, true);
    await world.work();

    expect(await tokenInForce(world)).toBe(second);
    expect(await claimant(world.table, tokenClaimKey(tokenFingerprint(second, "hash-key")))).toBe(world.partnerId);
    expect(await claimant(world.table, tokenClaimKey(tokenFingerprint(third, "hash-key")))).toBeUndefined();
  });

  it("ends the suspension in one step, and what was held up is sent", async () => {
    const world = await connectedWorld();
    world.map(["a"]);
    await world.sync({ partnerId: world.partnerId, reason: "check" });
    await world.work();
    const next = world.gradient.regenerateKey(world.token);
    await world.sync({ partnerId: world.partnerId, reason: "check" });
    await world.work();
    await world.setUsage("a", { dns: 9 });
    expect(await world.integration()).toMatchObject({ state: "suspended", problems: [{ code: "token.rejected" }] });

    await register(world, next);

    expect(await world.integration()).toMatchObject({ state: "active", problems: [] });
    expect(owedTasks(world.table)).toHaveLength(3);
    expect(owedTasks(world.table)).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ kind: "export-usage", lane: "on-demand" }),
        expect.objectContaining({ kind: "sync-accounts", reason: "replaced" }),
        expect.objectContaining({ kind: "send-owner-mail" }),
      ]),
    );
    await world.work();
    const { lastExport } = await world.integration();
    expect(await findExport(world.table, world.partnerId, lastExport?.id ?? "")).toMatchObject({
      trigger: "mapping",
      startedBy: "service",
      lane: "on-demand",
      outcome: "succeeded",
    });
    expect(world.gradient.countsReceived.at(-1)).toMatchObject({ accountId: "a", unitCount: 9 });
  });
});

describe("after a disconnect", () => {
  it("keeps the new token under a name of its own, whenever the old one is deleted", async () => {
    const world = serviceWorld();
    await world.connect();
    const old = (await world.integration()).token;
    await disconnectIntegration(world.common)(world);
    await world.clock.settle(world.clock.sleep(1000));
    await startIntegration(world.common)(world);
    await register(world, world.token);

    await world.work();

    expect(await tokenInForce(world)).toBe(world.token);
    expect(world.vault.names()).not.toContain(old?.secretName);
    expect(world.gradient.organizationOf(world.token)?.connection.status).toBe("pending");
  });
});

describe("tries are limited", () => {
  it("to five refused tokens in ten minutes, before Gradient is asked, and each is told to the audit trail", async () => {
    const { world } = await startedWorld();
    for (let count = 1; count <= 5; count += 1) {
      await expect(register(world, `a-token-that-is-wrong-${count}`)).rejects.toMatchObject({ code: "token.rejected" });
      await world.pass(60_000);
    }
    world.gradient.failNext("readConnection", { error: new Error("must not be called") });

    await expect(register(world, world.token)).rejects.toMatchObject({
      kind: "too-many",
      code: "token.cooldown",
      retryAfterSeconds: 300,
    });
    const results = rowsOf(world.table, `partner#${world.partnerId}`, "event#")
      .filter(({ type }) => type === "token.refused")
      .map(({ details }) => details);
    expect(results).toEqual(Array.from({ length: 5 }, () => ({ result: "token.rejected" })));
    await world.pass(300_001);
    await expect(register(world, world.token)).rejects.toThrow("must not be called");
    await register(world, world.token);
  });

  it("and what is Gradient's fault, or malformed, does not count", async () => {
    const { world } = await startedWorld();
    for (let count = 1; count <= 6; count += 1) {
      await expect(register(world, "short")).rejects.toMatchObject({ code: "token.malformed" });
      world.gradient.failNext("readConnection", { error: new AppError("unavailable", "gradient.unavailable", "down") });
      await expect(register(world, world.token)).rejects.toMatchObject({ code: "gradient.unavailable" });
    }

    await register(world, world.token);
  });
});

it("a token that lost a character which was its own is tried once as it was pasted", async () => {
  const { world } = await startedWorld();
  const odd = partnerToken.parse("*gradient-partner-token-0003*");
  world.gradient.addOrganization({ token: odd });

  await register(world, odd);

  expect(await tokenInForce(world)).toBe(odd);
});
