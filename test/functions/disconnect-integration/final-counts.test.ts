import { describe, expect, it } from "vitest";
import { disconnectIntegration } from "#functions/disconnect-integration/disconnect-integration";
import { startIntegration } from "#functions/start-integration/start-integration";
import { takeLease } from "#shared/exports/export-lease";
import { exportWrite } from "#shared/exports/usage-export";
import { gradientUnavailable } from "#shared/gradient/gradient-api";
import { partnerToken, tokenFingerprint } from "#shared/gradient/gradient-token";
import { claimant, organizationClaimKey, tokenClaimKey } from "#shared/integrations/token-claim";
import { store, type Table } from "#shared/table/table";
import { activeWorld, exportOf, inShort, runsOf, send, start } from "#test/builders/connected-world";
import { hubApi } from "#test/builders/hub-api";
import type { ServiceWorld } from "#test/fakes/service-world";

const dayMs = 24 * 60 * 60_000;
const leave = (world: ServiceWorld) =>
  disconnectIntegration(world.common)({ partnerId: world.partnerId, by: world.by, finalCounts: "zero" });
const lastRun = async (world: ServiceWorld) => (await runsOf(world)).at(-1);
const statusOf = (world: ServiceWorld) => world.gradient.organizationOf(world.token)?.connection.status;
const subjects = ({ mailer }: ServiceWorld) => mailer.sent.map(({ subject }) => subject);
const holderOfToken = (world: ServiceWorld) =>
  claimant(world.table, tokenClaimKey(tokenFingerprint(world.token, "hash-key")));

/** Gradient takes counts, or fails at each. */
const fickleWorld = async () => {
  const gradientIs = { down: false };
  const world = await activeWorld(["a", "b"], {
    through: (gradient) => ({
      ...gradient,
      setUnitCount: async (token, count) =>
        gradientIs.down ? { kind: "in-doubt", reason: "no answer" } : gradient.setUnitCount(token, count),
      setStatus: async (token, status) => {
        if (gradientIs.down) throw gradientUnavailable("over");
        return gradient.setStatus(token, status);
      },
    }),
  });
  return { world, gradientIs };
};

/** A run of zeros has begun, and its worker has sent nothing yet. */
const runningZeros = async () => {
  const world = await activeWorld(["a", "b"]);
  const { token } = await world.integration();
  if (!token) throw new Error("no token");
  const { secretName, versionId } = token;
  const { partnerId } = world;
  await leave(world);
  await world.clock.settle(world.close({ partnerId, secretName, versionId }));
  const exportId = (await world.integration()).currentExportId ?? "none";
  return { world, run: { partnerId, exportId, secretName, versionId } };
};

describe("a disconnect that sets the counts to zero first", () => {
  it("are set to zero also while a run writes its row more often than a large ledger is counted", async () => {
    const world = await activeWorld(["a", "b"]);
    await send(world, "full");
    const run = await start(world, "full");
    await takeLease(
      { clock: world.clock, table: world.table, holder: "alive" },
      { partnerId: run.partnerId, exportId: run.id },
    );
    const counted: Table["query"] = async (query) => {
      if (query.prefix?.startsWith("ledger#")) await store(world.table, exportWrite(await exportOf(world, run)));
      return world.table.query(query);
    };
    const common = { ...world.common, table: { ...world.table, query: counted } };

    await disconnectIntegration(common)({ partnerId: world.partnerId, by: world.by, finalCounts: "zero" });

    expect(await world.integration()).toMatchObject({ state: "disconnected", closing: { finalCounts: "zero" } });
    expect(await exportOf(world, run)).toMatchObject({ stop: "not-connected" });
  });

  it("is over for the partner at once, sends a zero for each line with units, and then leaves", async () => {
    const world = await activeWorld(["a", "b"]);
    expect(await world.counts()).toMatchObject({ "a/dns": 10, "b/dns": 10 });
    const { gradient } = await world.integration();

    expect(await leave(world)).toMatchObject({
      state: "disconnected",
      token: null,
      gradient: null,
      agreement: null,
      closing: { finalCounts: "zero", remaining: 2, tries: 0 },
    });
    expect(await holderOfToken(world)).toBe(world.partnerId);
    await world.live(2);

    expect(await world.counts()).toMatchObject({ "a/dns": 0, "a/sig": 0, "b/dns": 0, "b/sig": 0 });
    const run = await lastRun(world);
    expect(run && [run.startedBy, inShort(run)]).toEqual([world.by.actor, "manual changes succeeded"]);
    expect(await world.integration()).toMatchObject({ state: "disconnected", closing: null, currentExportId: null });
    expect([statusOf(world), world.vault.names()]).toEqual(["inactive", []]);
    expect(await holderOfToken(world)).toBeUndefined();
    expect(await claimant(world.table, organizationClaimKey(gradient?.organizationId ?? ""))).toBeUndefined();
    expect(subjects(world).filter((subject) => subject.includes("disconnected"))).toEqual([
      "Gradient was disconnected: Example MSP",
    ]);
  });

  it("sends nothing that has been measured since, and nothing afterwards", async () => {
    const world = await activeWorld(["a", "b"]);
    await leave(world);
    await world.setUsage("a", { dns: 77, sig: 77 });
    await world.live(2);
    const sent = world.gradient.countsReceived.length;

    await world.pass(3 * dayMs);
    await world.live(3);

    expect(await world.counts()).toMatchObject({ "a/dns": 0, "a/sig": 0 });
    expect(world.gradient.countsReceived).toHaveLength(sent);
  });

  it("is tried again while Gradient is down, and comes to its end by itself", async () => {
    const { world, gradientIs } = await fickleWorld();
    gradientIs.down = true;
    await leave(world);
    await world.live(5);
    expect(await world.integration()).toMatchObject({ closing: { remaining: 2, tries: 1 } });
    expect(world.vault.names()).toHaveLength(1);

    gradientIs.down = false;
    await world.live(40);

    expect(await world.counts()).toMatchObject({ "a/dns": 0, "b/sig": 0 });
    expect([(await world.integration()).closing, statusOf(world), world.vault.names()]).toEqual([null, "inactive", []]);
  });

  it("ends after seven days all the same: the token is deleted, and the owner told of what is left", async () => {
    const { world, gradientIs } = await fickleWorld();
    gradientIs.down = true;
    await leave(world);
    await world.live(3);

    await world.pass(7 * dayMs);
    await world.live(3);

    expect([(await world.integration()).closing, world.vault.names()]).toEqual([null, []]);
    expect(await holderOfToken(world)).toBeUndefined();
    expect(subjects(world)).toContain("Some counts in Gradient were not set to zero: Example MSP");
    expect(world.mailer.sent.at(-1)?.text).toContain("2 lines could not be set to zero");
  });

  it("is ended by connecting again: no zero is sent from then on", async () => {
    const { world, gradientIs } = await fickleWorld();
    gradientIs.down = true;
    await leave(world);
    await world.live(3);
    gradientIs.down = false;

    await startIntegration(world.common)(world);
    expect(await world.integration()).toMatchObject({ state: "awaiting-token", closing: null });
    expect(await holderOfToken(world)).toBeUndefined();
    await world.register({ partnerId: world.partnerId, text: world.token, by: world.by });
    await world.live(60);

    expect(await world.counts()).toMatchObject({ "a/dns": 10, "a/sig": 0, "b/dns": 10, "b/sig": 0 });
    expect(world.vault.names()).toHaveLength(1);
    expect(statusOf(world)).not.toBe("inactive");
  });

  it("keeps key and claims after seven days while a run of zeros is still at work, and stops it", async () => {
    const { world, run } = await runningZeros();
    await world.pass(7 * dayMs);
    await takeLease({ clock: world.clock, table: world.table, holder: "another" }, run);

    await world.clock.settle(world.close(run));
    expect([await holderOfToken(world), world.vault.names()]).toEqual([world.partnerId, [run.secretName]]);
    expect(await lastRun(world)).toMatchObject({ kind: "final", finishedAt: null, stop: "not-connected" });

    await world.live(40);
    expect([await holderOfToken(world), (await world.integration()).closing]).toEqual([undefined, null]);
    expect([statusOf(world), world.vault.names()]).toEqual(["inactive", []]);
    expect(await world.counts()).toMatchObject({ "a/dns": 10, "b/dns": 10 });
  });

  it("has its last run stopped by connecting again, even where it is at its end already", async () => {
    const { world, run } = await runningZeros();
    const row = await world.table.get({ pk: "partner#org-1", sk: "integration" });
    await world.table.put({ ...Object(row), closing: null });

    await startIntegration(world.common)(world);

    expect(await exportOf(world, { id: run.exportId })).toMatchObject({ kind: "final", stop: "not-connected" });
  });

  it("is shown with what is left and until when, and to whoever disconnects again", async () => {
    const world = await activeWorld(["a", "b"]);
    const { ask, asPerson } = hubApi(world);

    const reply = await ask("disconnect", { query: { finalCounts: "zero" } });

    const until = "2026-11-29T10:01:01.031Z";
    const disconnecting = { finalCounts: "zero", remaining: 2, until, retryAt: null };
    expect(reply).toMatchObject({ status: 202, body: { state: "disconnected", disconnecting } });
    expect(await ask("disconnect")).toMatchObject({ status: 202, body: { disconnecting } });
    // until then Gradient holds them
    const consequences = await asPerson({ routeKey: "GET /v1/integrations/gradient/disconnection" });
    expect(consequences.body).toMatchObject({ accounts: 2, lines: 2, units: 20, deleted: [] });
    await world.live(2);
    const { body } = await asPerson({ routeKey: "GET /v1/integrations/gradient" });
    expect(body).toMatchObject({ state: "disconnected", disconnecting: null, exports: { runningId: null } });
  });

  it("waits for a run under way, and sends its zeros after it", async () => {
    const world = await activeWorld(["a", "b"]);
    await world.setUsage("a", { dns: 30, sig: 30 });
    const run = await start(world);
    const clock = { clock: world.clock, table: world.table };
    await takeLease({ ...clock, holder: "another" }, { partnerId: world.partnerId, exportId: run.id });
    await leave(world);
    await world.work();
    expect(await world.counts()).toMatchObject({ "a/dns": 10, "b/dns": 10 });

    await world.live(40);

    expect(await world.counts()).toMatchObject({ "a/dns": 0, "b/dns": 0 });
    expect([(await world.integration()).closing, statusOf(world)]).toEqual([null, "inactive"]);
  });

  it("ends where the token is gone, too: nothing could be sent with it", async () => {
    const world = await activeWorld(["a"]);
    const { token } = await world.integration();
    await leave(world);
    await world.vault.remove(token?.secretName ?? "");

    await world.live(40);

    expect((await world.integration()).closing).toBeNull();
    expect(await holderOfToken(world)).toBeUndefined();
    expect(subjects(world)).toContain("Some counts in Gradient were not set to zero: Example MSP");
  });

  it("keeps its key when a late message ends a connection of before: both keys are versions of one secret", async () => {
    const world = await activeWorld(["a", "b"]);
    const { partnerId, vault } = world;
    const secretName = (await world.integration()).token?.secretName ?? "";
    const before = partnerToken.parse("the-key-of-a-connection-before");
    world.gradient.addOrganization({ token: before, organizationId: "before" });
    const { versionId } = await vault.store(secretName, before);
    await leave(world);

    await world.clock.settle(world.close({ partnerId, secretName, versionId }));
    expect(vault.names()).toEqual([secretName]);
    await world.live(2);

    expect(await world.counts()).toMatchObject({ "a/dns": 0, "b/dns": 0 });
    expect(vault.names()).toEqual([]);
  });

  it("has nothing to wait for where Gradient holds no units", async () => {
    const world = await activeWorld(["a"]);
    await world.setUsage("a", { dns: 0, sig: 0 });
    await send(world);

    expect((await leave(world)).closing).toBeNull();
    await world.live(1);

    expect([statusOf(world), world.vault.names()]).toEqual(["inactive", []]);
  });
});
