import { describe, expect, it } from "vitest";
import { checkMapping } from "#functions/check-mapping/check-mapping";
import type { LineOutcome } from "#shared/usage/outcome";
import { activeWorld, connectedWorld } from "#test/builders/connected-world";
import { minutesAfter, noon } from "#test/builders/time";
import { aLedgerEntry, aLedgerRow } from "#test/builders/usage-export";
import type { InMemoryGradient } from "#test/fakes/in-memory-gradient";
import type { ServiceWorld } from "#test/fakes/service-world";

/** A worker has died that had heard of an acceptance: the ledger alone knows. */
interface Noted {
  gen?: number | undefined;
  outcome?: LineOutcome;
  missing?: "account" | "service";
}
const note = async (world: ServiceWorld, { gen, outcome = "accepted", missing }: Noted = {}) => {
  const { partnerId, ledgerBits: bits, gradient, proofGen } = await world.integration();
  const accepted = { unitCount: 9, at: noon, gen: gen ?? proofGen };
  const last = { outcome, at: minutesAfter(1), ...(missing ? { missing } : {}) };
  const entry = aLedgerEntry({ customerId: "a", serviceId: "dns", accepted, last });
  await world.table.put(aLedgerRow([entry], { partnerId, bits, connectionId: gradient?.integrationId ?? "" }));
};
const organizationOf = (world: ServiceWorld) => {
  const organization = world.gradient.organizationOf(world.token);
  if (!organization) throw new Error("not connected");
  return organization;
};

describe("a count that only the ledger knows to be accepted", () => {
  it.each([
    ["since the partner connected: it is active", undefined, "accepted", "active"],
    ["on an earlier connection: it goes on mapping", 0, "accepted", "awaiting-mapping"],
    ["and had no answer when it was sent again: it is active", undefined, "deferred", "active"],
    ["and met a 404 when it was sent again: it goes on mapping", undefined, "unmapped", "awaiting-mapping"],
  ] as const)("%s", async (_, gen, outcome, state) => {
    const world = await connectedWorld(["a", "b"]);
    world.gradient.mapAccount(world.token, "a");
    await note(world, { gen, outcome });

    await world.live(1);

    expect(await world.integration()).toMatchObject({ state });
  });

  it("on an account that is not mapped any more: another one's count of its service opens Next", async () => {
    const world = await connectedWorld(["a", "b"]);
    await note(world, { outcome: "unmapped", missing: "account" });
    world.gradient.mapAccount(world.token, "b");
    world.gradient.mapService(world.token, world.gradient.services[0]?.id ?? "");

    await world.live(3);

    expect(await world.integration()).toMatchObject({ state: "active" });
  });

  it("opens nothing where the key is replaced while a look is under way", async () => {
    let during = async (): Promise<unknown> => undefined;
    const through = (gradient: InMemoryGradient): InMemoryGradient => ({
      ...gradient,
      readAccounts: async (token) => {
        const accounts = await gradient.readAccounts(token);
        const happens = during;
        during = async () => undefined;
        await happens();
        return accounts;
      },
    });
    const world = await connectedWorld(["a", "b"], through);
    const { partnerId, by } = world;
    await note(world);
    during = () => world.register({ partnerId, text: world.gradient.regenerateKey(world.token), by });

    expect(await world.sync({ partnerId, reason: "watch" })).toBe("token-replaced");

    expect(await world.integration()).toMatchObject({ state: "awaiting-mapping" });
  });

  it("opens nothing where the connection was ended in Gradient meanwhile, and begun again", async () => {
    const world = await connectedWorld(["a", "b"]);
    const { partnerId, by } = world;
    await note(world);
    const { accounts, connection } = organizationOf(world);
    const before = [...accounts];
    Object.assign(connection, { status: "inactive" });
    accounts.clear();
    await world.sync({ partnerId, reason: "watch" });
    await world.pass(6 * 60_000);
    await world.sync({ partnerId, reason: "watch" });
    expect(await world.integration()).toMatchObject({ state: "suspended" });
    for (const [id, account] of before) accounts.set(id, account);

    await world.register({ partnerId, text: world.token, by });
    await world.live(2);

    expect(await world.integration()).toMatchObject({ state: "awaiting-mapping" });
  });

  it("has everything sent again where all accounts were lost and created anew", async () => {
    const world = await activeWorld(["a", "b"]);
    const { partnerId } = world;
    organizationOf(world).accounts.clear();
    organizationOf(world).counts.clear();
    organizationOf(world).mappedServices.clear();
    await world.sync({ partnerId, reason: "watch" });
    await world.live(6);
    await checkMapping(world.common)({ partnerId, by: world.by });
    await world.work();
    await world.live(2);
    expect(await world.integration()).toMatchObject({ state: "active", looks: { mapsAnew: true } });
    await note(world);
    world.map(["a", "b"]);
    world.gradient.mapService(world.token, world.gradient.services[1]?.id ?? "", false);

    await world.live(3);

    expect(await world.integration()).toMatchObject({ looks: { mapsAnew: false } });
    expect(await world.counts()).toMatchObject({ "b/dns": 10 });
  });
});
