import { describe, expect, it } from "vitest";
import { readMapping } from "#functions/read-integration/mapping/read-mapping";
import { integrationWrite } from "#shared/integrations/integration";
import { activeWorld, schedule, send } from "#test/builders/connected-world";
import type { InMemoryGradient } from "#test/fakes/in-memory-gradient";
import type { ServiceWorld } from "#test/fakes/service-world";
import { silentGradient } from "#test/fakes/silent-gradient";

const dayMs = 24 * 60 * 60_000;
const monthly = { frequency: "month-end", hour: 2, timeZone: "UTC", pausedUntil: null } as const;
it.each([
  ["that Gradient tells", (gradient: InMemoryGradient) => gradient],
  ["that only a 404 tells", silentGradient],
])(
  "a mapping that was taken away, %s, is counted by the partner's record a day after a run, too",
  async (_, through) => {
    const world = await activeWorld(["a", "b", "c"], { through });
    world.gradient.mapAccount(world.token, "a", false);
    await send(world, "full");
    const accounts = { total: 3, mapped: 2 };
    expect(await readMapping({ table: world.table })(world.partnerId)).toMatchObject({ accounts });

    await world.pass(dayMs);
    await world.live(2);

    expect((await world.integration()).mapping).toMatchObject({ accounts });
  },
);

const coverageOf = (world: ServiceWorld) => readMapping({ table: world.table })(world.partnerId);
const aDay = async (world: ServiceWorld) => {
  await world.pass(dayMs);
  await world.live(2);
};

describe("a mapping that is taken away while everything is mapped, where Gradient tells", () => {
  it.each([
    ["on the first day", 0],
    ["after some quiet days", 3],
  ])("is shown within a day, without a count being sent: %s", async (_, quietDays) => {
    const world = await activeWorld(["a", "b", "c"]);
    for (let day = 0; day < quietDays; day += 1) await aDay(world);
    await schedule(world, { frequency: "month-end" });
    await world.live(2);
    const sent = world.gradient.countsReceived.length;
    expect(await coverageOf(world)).toMatchObject({ accounts: { total: 3, mapped: 3 } });

    world.gradient.mapAccount(world.token, "a", false);
    await aDay(world);

    expect(await coverageOf(world)).toMatchObject({
      accounts: { total: 3, mapped: 2 },
      unmapped: { accounts: [{ id: "a", unbilledUnits: 10, wasMappedAt: expect.any(String) }] },
    });
    expect(world.gradient.countsReceived).toHaveLength(sent);
  });

  it("is looked for in a record from before, which names no date for it, as its token is tried", async () => {
    const world = await activeWorld(["a", "b"]);
    const before = await world.integration();
    await world.table.transact([
      integrationWrite({ ...before, mapping: { ...before.mapping, nextCheckAt: null }, schedule: monthly }),
    ]);
    world.gradient.mapAccount(world.token, "a", false);

    await aDay(world);

    expect(await coverageOf(world)).toMatchObject({ accounts: { total: 2, mapped: 1 } });
  });

  it("costs a list and a trial of the token a day, in one look", async () => {
    const calls: string[] = [];
    const world = await activeWorld(["a", "b"], {
      through: (gradient) => ({
        ...gradient,
        readAccounts: async (token) => {
          calls.push("list");
          return gradient.readAccounts(token);
        },
        readConnection: async (token) => {
          calls.push("connection");
          return gradient.readConnection(token);
        },
      }),
    });
    await schedule(world, { frequency: "month-end" });
    await aDay(world);
    calls.length = 0;

    for (let day = 0; day < 5; day += 1) await aDay(world);

    expect(calls).toEqual(Array.from({ length: 5 }, () => ["list", "connection"]).flat());
  });

  it("costs no list where only counts tell", async () => {
    const calls: string[] = [];
    const world = await activeWorld(["a", "b"], {
      through: (gradient) => ({
        ...silentGradient(gradient),
        readAccounts: async (token) => {
          calls.push("list");
          return silentGradient(gradient).readAccounts(token);
        },
      }),
    });
    await schedule(world, { frequency: "month-end" });
    await aDay(world);
    calls.length = 0;

    for (let day = 0; day < 3; day += 1) await aDay(world);

    expect(calls).toEqual([]);
  });
});
