import { describe, expect, it } from "vitest";
import { cancelExport } from "#functions/cancel-export/cancel-export";
import { disconnectIntegration } from "#functions/disconnect-integration/disconnect-integration";
import { startIntegration } from "#functions/start-integration/start-integration";
import { listChunks } from "#shared/exports/chunk";
import { startUsageExport } from "#shared/exports/start-usage-export";
import { findExport } from "#shared/exports/usage-export";
import { tokenFingerprint } from "#shared/gradient/gradient-token";
import { claimant, organizationClaimKey, tokenClaimKey } from "#shared/integrations/token-claim";
import { everyRow, rowsOf } from "#test/builders/table";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";

const activeWorld = async (customers = ["a", "b", "c"]) => {
  const world = serviceWorld();
  await world.addService("dns");
  for (const id of customers) {
    await world.addCustomer(id);
    await world.setUsage(id, { dns: 5 });
  }
  await world.connect();
  world.map(customers);
  await world.sync({ partnerId: world.partnerId, reason: "check" });
  await world.work();
  expect(await world.integration()).toMatchObject({ state: "active" });
  return world;
};

const send = (world: ServiceWorld, id: string) =>
  startUsageExport(world.common)({ partnerId: world.partnerId, id, trigger: "manual", mode: "full", by: world.by });

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
    expect(await world.work()).toEqual(["close-connection: closed"]);
    expect(world.gradient.organizationOf(world.token)?.connection.status).toBe("inactive");
    expect(world.vault.names()).toEqual([]);
    expect(await world.sync({ partnerId: world.partnerId, reason: "watch" })).toBe("not-connected");
    await expect(send(world, "late")).rejects.toMatchObject({ code: "integration.wrong-step" });
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

    expect(await world.work()).toEqual(["close-connection: closed"]);
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
    const customers = Array.from({ length: 600 }, (_, index) => `c${index}`);
    const world = await activeWorld(customers);
    const sentBefore = world.gradient.countsReceived.length;
    await send(world, "run");

    const sending = world.exporter({ partnerId: world.partnerId, exportId: "run" }, { remainingMs: () => 300_000 });
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
    const over = await findExport(world.table, world.partnerId, "run");
    expect(over).toMatchObject({ state: "finished", stop: "not-connected", outcome: "partial" });
    const { accepted = 0, deferred = 0, lines } = over?.totals ?? {};
    expect(accepted + deferred).toBe(lines);
    const { items } = await listChunks(world.table, world.partnerId, "run", { limit: 1000 });
    expect(items.every(({ content }) => content.state === "done")).toBe(true);
    expect(world.gradient.organizationOf(world.token)?.connection.status).toBe("inactive");
  });

  it("stops a run that has not begun", async () => {
    const world = await activeWorld();
    const sentBefore = world.gradient.countsReceived.length;
    await send(world, "run");

    await disconnectIntegration(world.common)(world);
    await world.work();

    expect(await findExport(world.table, world.partnerId, "run")).toMatchObject({
      state: "finished",
      stop: "not-connected",
      outcome: "failed",
    });
    expect(world.gradient.countsReceived).toHaveLength(sentBefore);
  });

  it("outranks a cancellation, after which the views would still be rebuilt", async () => {
    const world = await activeWorld();
    await send(world, "run");
    await cancelExport(world.common)({ ...world, exportId: "run" });

    await disconnectIntegration(world.common)(world);

    expect(await findExport(world.table, world.partnerId, "run")).toMatchObject({ stop: "not-connected" });
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
    expect(await world.counts()).toEqual({ "a/dns": 8, "b/dns": 5, "c/dns": 5 });
    expect(world.mailer.sent).toHaveLength(2);
  });
});
