import { describe, expect, it } from "vitest";
import { breakerRowKey } from "#shared/breakers/state/breaker";
import { AppError } from "#shared/errors";
import { noWants, wish } from "#shared/integrations/record/wants";
import { activeWorld, carry, exportOf, start } from "#test/builders/connected-world";
import { named } from "#test/builders/fleet";
import { sendingFleet } from "#test/builders/sending-fleet";
import { printedBy } from "#test/builders/stdout";
import { minutesAfter } from "#test/builders/time";
import { aLedgerRow } from "#test/builders/usage-export";

const wantedFor = (minutes: number) => ({
  wants: wish(noWants, "all", { at: minutesAfter(-minutes), trigger: "schedule" }),
});

describe("runs that can never be planned", () => {
  const withUnreadableLedgers = async (bad: string[]) => {
    const fleet = await sendingFleet([
      ...bad.map((id) => ({ id, lines: 2, integration: wantedFor(60) })),
      { id: "good", lines: 2, integration: wantedFor(1) },
    ]);
    for (const partnerId of bad) {
      const connectionId = (await fleet.integration(partnerId)).gradient?.integrationId ?? "";
      await fleet.table.put({ ...aLedgerRow([], { partnerId, connectionId }), packed: "?" });
    }
    return fleet;
  };

  it("hold no places: a healthy partner is sent its counts at once", async () => {
    const bad = named(20);
    const fleet = await withUnreadableLedgers(bad);

    const printed = await printedBy(() => fleet.live(2));

    expect(fleet.countsOf("good")).toBe(2);
    expect(printed.match(/an export cannot be planned and is closed/g)).toHaveLength(20);
    for (const id of bad) {
      expect(await fleet.runsOf(id)).toMatchObject([{ stop: "stalled", outcome: "failed", state: "finished" }]);
      expect(await fleet.integration(id)).toMatchObject({ currentExportId: null });
    }
  });

  it("are tried again an hour later, and send everything once the row is right", async () => {
    const fleet = await withUnreadableLedgers(["p"]);
    await printedBy(() => fleet.live(59));
    expect(await fleet.runsOf("p")).toHaveLength(1);

    await fleet.table.delete(aLedgerRow([], { partnerId: "p" }));
    await fleet.live(3);

    expect(fleet.countsOf("p")).toBe(2);
    expect((await fleet.runsOf("p")).filter(({ kind }) => kind === "all")).toHaveLength(2);
  });
});

it("everybody's row that cannot be read ends no run, and puts nobody off once it can", async () => {
  const all = named(4);
  const fleet = await sendingFleet(
    all.map((id) => ({ id, lines: 3, integration: id < "p-02" ? wantedFor(1) : {} })),
    { vendorKey: () => ({ key: "key", version: "1" }) },
  );
  const vendor = breakerRowKey("vendor");
  await fleet.table.put({ ...vendor, version: 1, trouble: 7 });
  for (const id of all.slice(2)) await fleet.start(id);
  const ends = await fleet.invoke(fleet.messages());
  expect([...ends.values()]).toEqual(Array(2).fill({ failure: expect.objectContaining({ name: "UnreadableRecord" }) }));
  for (const id of all.slice(2)) expect(await fleet.runsOf(id)).toMatchObject([{ state: "planned", stop: null }]);

  await fleet.table.delete(vendor);
  await printedBy(() => fleet.live(8));

  expect(all.map(fleet.countsOf)).toEqual([3, 3, 3, 3]);
});

/** The rows of the ledger cannot be read, for this reason, and what a worker makes of it. */
const failingWith = async (error: Error) => {
  const world = await activeWorld(["a"]);
  const run = await start(world, "full");
  const query = world.table.query.bind(world.table);
  let fails = true;
  world.table.query = async (asked) => {
    if (fails && asked.prefix?.startsWith("ledger#")) throw error;
    return query(asked);
  };
  const mend = () => {
    fails = false;
  };
  return { world, run, mend };
};

it.each([new RangeError("no zone"), new TypeError("undefined is not a function")])(
  "a mistake of ours ends a person's run at once, so that it is told: %s",
  async (error) => {
    const { world, run } = await failingWith(error);

    const printed = await printedBy(() => world.clock.settle(carry(world, run)));

    expect(await exportOf(world, run)).toMatchObject({ state: "finished", outcome: "failed", stop: "stalled" });
    expect(JSON.parse(printed.split("\n")[0] ?? "")).toMatchObject({ level: "ERROR", name: error.name });
  },
);

it("a trouble that passes leaves the run to its next try", async () => {
  const down = new AppError("unavailable", "table.unavailable", "The table does not answer.");
  const { world, run, mend } = await failingWith(down);

  await expect(world.clock.settle(carry(world, run))).rejects.toBe(down);
  expect(await exportOf(world, run)).toMatchObject({ state: "planned", stop: null });
  mend();
  await world.pass(90_000);
  await world.clock.settle(carry(world, run));

  expect(await exportOf(world, run)).toMatchObject({ state: "finished", outcome: "succeeded" });
});
