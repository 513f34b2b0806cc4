import { describe, expect, it } from "vitest";
import { disconnectIntegration } from "#functions/disconnect-integration/disconnect-integration";
import { readDisconnection } from "#functions/read-integration/read-disconnection";
import type { LedgerEntry } from "#shared/usage/ledger";
import { activeWorld, send } from "#test/builders/connected-world";
import { anIntegrationRow } from "#test/builders/integration";
import { aTableWith } from "#test/builders/table";
import { countingIds, minutesAfter, noon, now } from "#test/builders/time";
import { aLedgerEntry, aLedgerRow } from "#test/builders/usage-export";
import { serviceWorld } from "#test/fakes/service-world";

const doubtOf = (unitCount: number) => ({ unitCount, until: minutesAfter(1) });

describe("what disconnecting would do", () => {
  it("is told by the accounts, lines and units that Gradient holds, and by when it was sent last", async () => {
    const world = await activeWorld(["a", "b", "c"]);
    await world.setUsage("a", { dns: 7, sig: 5 });
    await world.setUsage("b", { dns: 0, sig: 0 });
    const before = world.clock.now();
    await send(world, "changes");

    const told = await readDisconnection(world)(world.partnerId);

    expect(told).toMatchObject({ accounts: 2, lines: 3, units: 7 + 5 + 10, deleted: expect.any(Array) });
    expect(told.deleted).toHaveLength(2);
    expect(told.kept).toHaveLength(3);
    expect(Date.parse(told.lastSentAt ?? "")).toBeGreaterThanOrEqual(before);
  });

  it.each<[string, Partial<LedgerEntry>, object]>([
    ["whose first number got no answer", { accepted: null, doubt: doubtOf(17) }, { lines: 1, units: 17 }],
    [
      "whose zero got no answer",
      { accepted: { unitCount: 5, at: noon, gen: 0 }, doubt: doubtOf(0) },
      { lines: 1, units: 5 },
    ],
    [
      "whose lower number got no answer",
      { accepted: { unitCount: 5, at: noon, gen: 0 }, doubt: doubtOf(3) },
      { lines: 1, units: 5 },
    ],
    ["whose zero was accepted", { accepted: { unitCount: 0, at: noon, gen: 0 } }, { accounts: 0, lines: 0, units: 0 }],
  ])("counts what the zeros are sent for, also a line %s", async (_, entry, expected) => {
    const table = await aTableWith(anIntegrationRow(), aLedgerRow([aLedgerEntry(entry)]));

    const told = await readDisconnection({ table })("org-1001");

    expect(told).toMatchObject(expected);
    const { closing } = await disconnectIntegration({ table, now, newId: countingIds(), random: () => 0.5 })({
      partnerId: "org-1001",
      finalCounts: "zero",
      by: { actor: "user-1", actorName: null, address: null },
    });
    expect(closing?.remaining ?? 0).toBe(told.lines);
  });

  it("is nothing for whoever never connected: there is nothing to delete", async () => {
    const world = serviceWorld();

    expect(await readDisconnection(world)(world.partnerId)).toMatchObject({
      accounts: 0,
      lines: 0,
      units: 0,
      lastSentAt: null,
      deleted: [],
    });
  });
});
