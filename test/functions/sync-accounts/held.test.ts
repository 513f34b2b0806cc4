import { describe, expect, it } from "vitest";
import { releaseWants } from "#functions/admit-exports/release-wants";
import { checkMapping } from "#functions/check-mapping/check-mapping";
import { recordCustomers } from "#functions/record-customers/record-customers";
import {
  breakerWrite,
  closed,
  findBreaker,
  forToken,
  opened,
  partnerBreaker,
  partnerOf,
  stillOpen,
  type Trouble,
  vendorBreaker,
} from "#shared/breakers/state/breaker";
import { obstacles } from "#shared/breakers/state/obstacle";
import { store } from "#shared/table/table";
import { activeWorld } from "#test/builders/connected-world";
import type { ServiceWorld } from "#test/fakes/service-world";

const hour = 60;
const dayMs = 24 * hour * 60_000;

/** A partner that is sent everything, in a world where breakers stand in the way. */
const guardedWorld = async () => {
  const guarded: { world?: ServiceWorld } = {};
  const world = await activeWorld(["a", "b"], {
    refusals: {
      obstacleFor: async (...of) => (guarded.world ? obstacles(guarded.world.table)(...of) : null),
      note: async () => undefined,
      confirm: async () => "doubted",
      forbid: async () => undefined,
    },
  });
  guarded.world = world;
  return world;
};

/** For hours: Gradient has been asked twice since. */
const open = async (world: ServiceWorld, key: string, trouble: Trouble) => {
  const before = await findBreaker(world.table, key);
  const its = key === vendorBreaker ? before : forToken(before, (await world.integration()).token?.versionId ?? "");
  const now = world.clock.now();
  await store(world.table, breakerWrite(stillOpen(stillOpen(opened(its, trouble, now), now), now)));
};
/** As an operator does, hours before Gradient would be asked again. */
const close = async ({ table, clock, common }: ServiceWorld, key: string) => {
  await store(table, breakerWrite(closed(await findBreaker(table, key), clock.now())));
  await releaseWants(common)({ partnerId: partnerOf(key) ?? null, closedAt: common.now().toISOString() });
};

const addCustomer = ({ common, partnerId }: ServiceWorld, id: string) =>
  recordCustomers(common)({ partnerId, customers: [{ id, name: `Customer ${id}`, billing: "billed" }] });
const hasAccount = (world: ServiceWorld, id: string) =>
  world.gradient.organizationOf(world.token)?.accounts.has(id) ?? false;

/** How often the partner's record, and what looks share, were written within an hour. */
const writesWithinAnHour = async (world: ServiceWorld): Promise<number> => {
  const versions = async () => {
    const budget = await world.table.get({ pk: "looks", sk: "budget" });
    return (await world.integration()).version + Number(budget?.version ?? 0);
  };
  const before = await versions();
  await world.live(hour);
  return (await versions()) - before;
};

describe("a look that stands before an open breaker", () => {
  it.each<[string, string, Trouble]>([
    ["everybody's", vendorBreaker, "vendor-key"],
    ["everybody's, and Gradient is asked hours later", vendorBreaker, "gradient-refuses"],
    ["the partner's own", partnerBreaker("org-1"), "refused"],
  ])("is not owed again and again: %s", async (_, key, trouble) => {
    const world = await guardedWorld();
    // the daily trial of the token falls due as well, and the daily look
    await world.pass(dayMs);
    await open(world, key, trouble);
    await addCustomer(world, "n");

    expect(await writesWithinAnHour(world)).toBeLessThanOrEqual(12);

    await close(world, key);
    await world.live(1);
    expect(hasAccount(world, "n")).toBe(true);
  });

  it("costs nothing at all where it falls due while everybody's calls are held", async () => {
    const world = await guardedWorld();
    await open(world, vendorBreaker, "vendor-key");
    await world.pass(2 * dayMs);

    expect(await writesWithinAnHour(world)).toBe(0);

    const { looks } = await world.integration();
    await close(world, vendorBreaker);
    await world.live(1);
    expect((await world.integration()).looks.tokenCheckAt).not.toBe(looks.tokenCheckAt);
  });

  it("is made within a minute of the end of everybody's trouble, also for whoever has pressed *Check now*", async () => {
    const world = await guardedWorld();
    await open(world, vendorBreaker, "gradient-refuses");
    await addCustomer(world, "n");
    await world.live(2);

    const pressed = await checkMapping(world.common)({ partnerId: world.partnerId, by: world.by });
    expect(pressed.requestedAt).toBe(world.common.now().toISOString());
    expect(await world.work()).toEqual(["sync-accounts: held"]);
    await world.live(hour);
    expect(await world.integration()).toMatchObject({ looks: { isAwaited: true, until: null } });

    await close(world, vendorBreaker);
    await world.live(1);

    expect(hasAccount(world, "n")).toBe(true);
    expect(await world.integration()).toMatchObject({ looks: { isAwaited: false } });
  });
});
