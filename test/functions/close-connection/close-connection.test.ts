import { describe, expect, it } from "vitest";
import { closeConnection } from "#functions/close-connection/close-connection";
import { disconnectIntegration } from "#functions/disconnect-integration/disconnect-integration";
import { startIntegration } from "#functions/start-integration/start-integration";
import { AppError } from "#shared/errors";
import { partnerToken } from "#shared/gradient/gradient-token";
import { closeForAll, openForAll } from "#test/builders/breakers";
import { activeWorld } from "#test/builders/connected-world";
import { anExportRow } from "#test/builders/usage-export";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";

/** A partner who has left, and the message about it. */
const leftWorld = async () => {
  const world = serviceWorld();
  await world.connect();
  const { token, gradient } = await world.integration();
  if (!token || !gradient) throw new Error("not connected");
  await disconnectIntegration(world.common)(world);
  await world.clock.settle(world.clock.sleep(1000));
  const { secretName, versionId } = token;
  const { integrationId } = gradient;
  return { world, connection: { partnerId: world.partnerId, secretName, versionId, integrationId } };
};
const statusIn = (world: ServiceWorld, token = world.token) => world.gradient.organizationOf(token)?.connection.status;
const reconnect = async (world: ServiceWorld, text: string) => {
  await startIntegration(world.common)(world);
  await world.register({ partnerId: world.partnerId, text, by: world.by });
};

describe("closing a connection", () => {
  it("tells Gradient, then deletes the token", async () => {
    const { world, connection } = await leftWorld();

    expect(await world.clock.settle(world.close(connection))).toBe("closed");

    expect(statusIn(world)).toBe("inactive");
    expect(world.vault.names()).toEqual([]);
  });

  it("is done once, however often it is asked for", async () => {
    const { world, connection } = await leftWorld();
    await world.clock.settle(world.close(connection));
    world.gradient.failNext("setStatus", { error: new Error("must not be called") });

    expect(await world.close(connection)).toBe("closed-before");
  });

  it("keeps the token for another try while Gradient is down", async () => {
    const { world, connection } = await leftWorld();
    world.gradient.failNext("setStatus", { error: new AppError("unavailable", "gradient.unavailable", "down") });

    await expect(world.clock.settle(world.close(connection))).rejects.toMatchObject({ code: "gradient.unavailable" });
    expect(world.vault.names()).toEqual([connection.secretName]);

    expect(await world.clock.settle(world.close(connection))).toBe("closed");
  });

  it("calls nobody while everybody's calls are held, and comes again after that", async () => {
    const { world, connection } = await leftWorld();
    await openForAll(world.table, "vendor-key", world.clock.now());

    await expect(world.clock.settle(world.close(connection))).rejects.toMatchObject({ kind: "upstream" });
    expect([statusIn(world), world.vault.names()]).toEqual(["pending", [connection.secretName]]);

    await closeForAll(world.table, world.clock.now());
    expect(await world.clock.settle(world.close(connection))).toBe("closed");
    expect(statusIn(world)).toBe("inactive");
  });

  it("deletes a token that Gradient refuses by now", async () => {
    const { world, connection } = await leftWorld();
    world.gradient.regenerateKey(world.token);

    expect(await world.clock.settle(world.close(connection))).toBe("closed");
    expect(world.vault.names()).toEqual([]);
  });

  it("waits for the worker that is still sending", async () => {
    const { world, connection } = await leftWorld();
    const until = new Date(world.clock.now() + 3_000).toISOString();
    const running = { partnerId: world.partnerId, id: "run", stop: "not-connected" as const };
    await world.table.put(anExportRow({ ...running, lease: { holder: "worker", until } }));
    const row = await world.table.get({ pk: "partner#org-1", sk: "integration" });
    if (!row) throw new Error("no integration");
    await world.table.put({ ...row, currentExportId: "run" });

    await world.clock.settle(world.close(connection));

    expect(world.clock.now()).toBeGreaterThanOrEqual(Date.parse(until));
  });
});

describe("a partner who is back before its connection was closed", () => {
  it("stays connected with the same key", async () => {
    const { world, connection } = await leftWorld();
    await reconnect(world, world.token);
    const { token } = await world.integration();

    expect(await world.clock.settle(world.close(connection))).toBe("reconnected");

    expect(statusIn(world)).toBe("pending");
    expect(world.vault.names()).toEqual([token?.secretName]);
  });

  it("stays connected with another key of the same connection", async () => {
    const { world, connection } = await leftWorld();
    const its = world.gradient.organizationOf(world.token)?.connection;
    const another = partnerToken.parse("gradient-partner-token-0002");
    world.gradient.addOrganization({ ...its, token: another });
    await reconnect(world, another);
    const { token } = await world.integration();

    expect(await world.clock.settle(world.close(connection))).toBe("reconnected");

    expect(statusIn(world)).toBe("pending");
    expect(world.vault.names()).toEqual([token?.secretName]);
  });

  it("stays connected with the same key where the message, of a version before, does not name the connection", async () => {
    const { world, connection } = await leftWorld();
    await reconnect(world, world.token);
    const { integrationId: _, ...ofBefore } = connection;

    expect(await world.clock.settle(world.close(ofBefore))).toBe("reconnected");
    expect(statusIn(world)).toBe("pending");
  });

  it("with another organization's key leaves the old organization", async () => {
    const { world, connection } = await leftWorld();
    const other = partnerToken.parse("gradient-partner-token-0002");
    world.gradient.addOrganization({ token: other });
    await reconnect(world, other);
    const { token } = await world.integration();

    expect(await world.clock.settle(world.close(connection))).toBe("closed");

    expect([statusIn(world), statusIn(world, other)]).toEqual(["inactive", "pending"]);
    expect(world.vault.names()).toEqual([token?.secretName]);
  });
});

/** The zeros have all arrived; the message that ends the disconnect is on its way. */
const zeroedWorld = async () => {
  const world = await activeWorld(["a"]);
  const { token, gradient } = await world.integration();
  if (!token || !gradient) throw new Error("not connected");
  await disconnectIntegration(world.common)({ ...world, finalCounts: "zero" });
  const row = await world.table.get({ pk: "partner#org-1", sk: "integration" });
  if (!row) throw new Error("no integration");
  await world.table.put({ ...row, closing: { ...Object(row.closing), remaining: 0 } });
  const { secretName, versionId } = token;
  return { world, connection: { partnerId: world.partnerId, secretName, versionId } };
};
/** Something happens after the message has found that all zeros were sent. */
const closingWhile = (world: ServiceWorld, happens: () => Promise<unknown>) => {
  let reads = 0;
  const get: ServiceWorld["table"]["get"] = async (key) => {
    if (key.sk === "integration") reads += 1;
    if (key.sk === "integration" && reads === 2) await happens();
    return world.table.get(key);
  };
  return closeConnection({
    ...world.common,
    table: { ...world.table, get },
    gradientFor: () => world.gradient,
    obstacleFor: async () => null,
  });
};

describe("a partner who is back while its zeros come to their end", () => {
  it("stays connected: Gradient does not hear that it left", async () => {
    const { world, connection } = await zeroedWorld();
    const close = closingWhile(world, () => reconnect(world, world.token));

    expect(await world.clock.settle(close(connection))).toBe("reconnected");

    expect(statusIn(world)).toBe("active");
    // what starting again has owed
    await world.work();
    const { token, closing } = await world.integration();
    expect([closing, world.vault.names()]).toEqual([null, [token?.secretName]]);
  });
});
