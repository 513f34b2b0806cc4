import { describe, expect, it } from "vitest";
import { disconnectIntegration } from "#functions/disconnect-integration/disconnect-integration";
import { registerToken } from "#functions/register-token/register-token";
import { startIntegration } from "#functions/start-integration/start-integration";
import { AppError } from "#shared/errors";
import { takeLease } from "#shared/exports/export-lease";
import { findExport } from "#shared/exports/usage-export";
import { tokenFingerprint } from "#shared/gradient/gradient-token";
import { claimant, organizationClaimKey, tokenClaimKey } from "#shared/integrations/token-claim";
import { activeWorld, exportOf, start } from "#test/builders/connected-world";
import { owedTasks, rowsOf } from "#test/builders/table";
import { serviceWorld } from "#test/fakes/service-world";
import { keptBy, newToken, register, tokenInForce } from "./token-rig.ts";

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

  it.each([
    ["some seconds", 3, 1],
    ["a minute, by which its run has failed", 100, 17],
  ])("suspends nobody where the store does not find it for %s", async (_, reads, minutes) => {
    const world = await activeWorld();
    await world.setUsage("a", { dns: 11, sig: 0 });
    const mails = world.mailer.sent.length;

    const { gradient, vault } = world;
    const next = gradient.regenerateKey(world.token);
    await register(world, next);
    vault.missNext(reads);
    await world.live(1).catch((error: unknown) => expect(error).toMatchObject({ code: "secrets.unavailable" }));
    expect(await world.integration()).toMatchObject({ state: "active", problems: [] });
    vault.missNext(0);
    await world.live(minutes);

    expect(await world.integration()).toMatchObject({ state: "active", problems: [] });
    expect([...(gradient.organizationOf(next)?.counts.get("a")?.values() ?? [])]).toEqual([11, 0]);
    const subjects = world.mailer.sent.slice(mails).map(({ subject }) => subject);
    expect(subjects.filter((subject) => /not being sent/.test(subject))).toEqual([]);
  });
});
