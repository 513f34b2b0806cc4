import { describe, expect, it } from "vitest";
import { cancelExport } from "#functions/cancel-export/cancel-export";
import { disconnectIntegration } from "#functions/disconnect-integration/disconnect-integration";
import { startIntegration } from "#functions/start-integration/start-integration";
import { listChunks } from "#shared/exports/chunk";
import { tokenFingerprint } from "#shared/gradient/gradient-token";
import { claimant, organizationClaimKey, tokenClaimKey } from "#shared/integrations/token-claim";
import { activeWorld, carry, customersNamed, exportOf, start } from "#test/builders/connected-world";
import { everyRow, rowsOf } from "#test/builders/table";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";

describe("a disconnect", () => {
  it("ends what is sent, tells Gradient and deletes the token", async () => {
    const world = await activeWorld();
    const sentBefore = world.gradient.countsReceived.length;

    await disconnectIntegration(world.common)(world);

    expect(await world.integration()).toMatchObject({
      state: "disconnected",
      token: null,
      gradient: null,
      agreement: null,
      nextRunAt: null,
    });
    expect((await world.work()).sort()).toEqual(["close-connection: closed", "send-owner-mail: sent"]);
    expect(world.mailer.sent.at(-1)?.subject).toBe("Gradient was disconnected: Example MSP");
    expect(world.gradient.organizationOf(world.token)?.connection.status).toBe("inactive");
    expect(world.vault.names()).toEqual([]);
    expect(await world.sync({ partnerId: world.partnerId, reason: "watch" })).toBe("not-connected");
    await expect(start(world)).rejects.toMatchObject({ code: "integration.wrong-step" });
    expect(world.gradient.countsReceived).toHaveLength(sentBefore);
  });

  it("gives back the claims on the token and on the organization", async () => {
    const world = await activeWorld();
    const { gradient } = await world.integration();
    const keys = [
      tokenClaimKey(tokenFingerprint(world.token, "hash-key")),
      organizationClaimKey(gradient?.organizationId ?? ""),
    ];
    expect(await Promise.all(keys.map((key) => claimant(world.table, key)))).toEqual(["org-1", "org-1"]);

    await disconnectIntegration(world.common)(world);

    expect(await Promise.all(keys.map((key) => claimant(world.table, key)))).toEqual([undefined, undefined]);
  });

  it("keeps the history: exports, their receipts, mails and events", async () => {
    const world = await activeWorld();
    const history = () => everyRow(world.table).filter(({ sk }) => /^(export|chunk|mail|event)#/.test(sk));
    const before = history();
    expect(before.length).toBeGreaterThan(5);

    await disconnectIntegration(world.common)(world);
    await world.work();

    expect(history()).toEqual(expect.arrayContaining(before));
    expect(rowsOf(world.table, "partner#org-1", "event#")).toContainEqual(
      expect.objectContaining({ type: "integration.disconnected", actor: "user-1" }),
    );
  });

  it("a second time changes nothing", async () => {
    const world = await activeWorld();
    await disconnectIntegration(world.common)(world);
    const before = everyRow(world.table);

    await disconnectIntegration(world.common)(world);

    expect(everyRow(world.table)).toEqual(before);
  });

  it("twice at the same time closes one connection", async () => {
    const world = await activeWorld();

    await Promise.all([disconnectIntegration(world.common)(world), disconnectIntegration(world.common)(world)]);

    expect((await world.work()).sort()).toEqual(["close-connection: closed", "send-owner-mail: sent"]);
  });

  it("before a token was registered has nothing to close", async () => {
    const world = serviceWorld();
    await startIntegration(world.common)(world);

    await disconnectIntegration(world.common)(world);

    expect(await world.work()).toEqual([]);
    expect(await world.integration()).toMatchObject({ state: "disconnected" });
  });

  it("of nothing is out of step", async () => {
    const world = serviceWorld();

    await expect(disconnectIntegration(world.common)(world)).rejects.toMatchObject({
      code: "integration.wrong-step",
      extra: { state: "not-started" },
    });
  });
});

describe("a disconnect while usage is being sent", () => {
  it("stops the run within a checkpoint, closes it with a receipt for each line, and only then tells Gradient", async () => {
    const world = await activeWorld(customersNamed(300));
    const sentBefore = world.gradient.countsReceived.length;
    const run = await start(world);

    const sending = carry(world, run);
    const leaving = async () => {
      await world.clock.sleep(2_000);
      await disconnectIntegration(world.common)(world);
      await world.close(closingTask(world));
      return world.gradient.countsReceived.length;
    };
    const [, sentUntilClosed] = await world.clock.settle(Promise.all([sending, leaving()]));

    const sent = world.gradient.countsReceived.length - sentBefore;
    expect(sent).toBeGreaterThan(100);
    expect(sent).toBeLessThan(500);
    expect(world.gradient.countsReceived).toHaveLength(sentUntilClosed);
    const over = await exportOf(world, run);
    expect(over).toMatchObject({ state: "finished", stop: "not-connected", outcome: "partial" });
    const { accepted, deferred, lines } = over.totals;
    expect(accepted + deferred).toBe(lines);
    const { items } = await listChunks(world.table, world.partnerId, run.id, { limit: 1000 });
    expect(items.every(({ content }) => content.state === "done")).toBe(true);
    expect(world.gradient.organizationOf(world.token)?.connection.status).toBe("inactive");
  });

  it("closes a run that has not begun in the same step", async () => {
    const world = await activeWorld();
    const sentBefore = world.gradient.countsReceived.length;
    const run = await start(world);

    await disconnectIntegration(world.common)(world);

    expect(await exportOf(world, run)).toMatchObject({ state: "finished", stop: "not-connected", outcome: "failed" });
    expect(await world.integration()).toMatchObject({ currentExportId: null });
    await world.work();
    expect(world.gradient.countsReceived).toHaveLength(sentBefore);
  });

  it("outranks a cancellation, after which the views would still be rebuilt", async () => {
    const world = await activeWorld(customersNamed(300));
    const run = await start(world);
    const leaving = async () => {
      await world.clock.sleep(2_000);
      await cancelExport(world.common)({ ...world, exportId: run.id });
      await disconnectIntegration(world.common)(world);
      return exportOf(world, run);
    };

    const [, left] = await world.clock.settle(Promise.all([carry(world, run), leaving()]));

    expect(left).toMatchObject({ state: "sending", stop: "not-connected" });
    expect(await exportOf(world, run)).toMatchObject({ state: "finished", viewsRebuilt: false });
  });
});

/** The task that the disconnect owes, as its queue carries it. */
const closingTask = (world: ServiceWorld) => {
  const owed = [...everyRow(world.table).map(({ task }) => task), ...world.queued];
  const task = owed.find((one) => Object(one).kind === "close-connection");
  if (!task) throw new Error("No connection is to be closed");
  return task as { partnerId: string; secretName: string; versionId: string };
};

describe("a reconnect", () => {
  it("works: token, agreement, accounts and everything that is used is sent again", async () => {
    const world = await activeWorld();
    await disconnectIntegration(world.common)(world);
    await world.work();
    await world.setUsage("a", { dns: 8 });

    await world.connect();
    await world.sync({ partnerId: world.partnerId, reason: "check" });
    await world.work();

    expect(await world.integration()).toMatchObject({ state: "active", lastExport: { outcome: "succeeded" } });
    expect(await world.counts()).toMatchObject({ "a/dns": 8, "b/dns": 10, "c/dns": 10 });
    expect(world.mailer.sent).toHaveLength(3);
  });
});
