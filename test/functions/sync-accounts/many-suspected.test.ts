import { expect, it } from "vitest";
import { checkMapping } from "#functions/check-mapping/check-mapping";
import { manySuspected } from "#functions/sync-accounts/many-suspected";
import { activeWorld, customersNamed, send } from "#test/builders/connected-world";
import { printedBy } from "#test/builders/stdout";
import type { ServiceWorld } from "#test/fakes/service-world";

const alarm = "many partners seem to have disconnected in gradient at once";

/** A partner whose accounts Gradient lists no more, after so many others. */
const suspectedWorld = async (others: number) => {
  let isEmpty = false;
  const world = await activeWorld(["a", "b"], {
    through: (gradient) => ({
      ...gradient,
      readAccounts: async (token) => (isEmpty ? [] : gradient.readAccounts(token)),
    }),
  });
  isEmpty = true;
  const note = manySuspected(world);
  let rounds = 0;
  const noteOthers = async () => {
    rounds += 1;
    for (const id of customersNamed(others, `org-${rounds}-`)) await note(id, world.clock.date().toISOString(), true);
  };
  await noteOthers();
  await press(world);
  await world.live(1);
  expect((await world.integration()).looks.suspectedSince).not.toBe(null);
  return {
    world,
    noteOthers,
    mend: () => {
      isEmpty = false;
    },
  };
};
const press = (world: ServiceWorld) => checkMapping(world.common)({ partnerId: world.partnerId, by: world.by });
const mails = ({ mailer }: ServiceWorld) => mailer.sent.length - 1;
/** So many half hours, in each of which others begin to seem gone. */
const halfHours = async (count: number, { world, noteOthers }: Awaited<ReturnType<typeof suspectedWorld>>) => {
  for (let half = 0; half < count; half += 1) {
    await noteOthers();
    await world.live(30);
  }
};

it("a partner that is suspected beside three others is suspended at its second look", async () => {
  const { world } = await suspectedWorld(3);

  await world.live(6);

  expect(await world.integration()).toMatchObject({ state: "suspended" });
  expect(mails(world)).toBe(1);
});

it("beside four others within an hour it is held, its counts go on, and nobody is told", async () => {
  const suspected = await suspectedWorld(4);
  const { world, mend } = suspected;
  await world.setUsage("a", { dns: 99, sig: 0 });

  await halfHours(32, suspected);
  expect(await world.integration()).toMatchObject({ state: "active", problems: [] });
  expect(await world.counts()).toMatchObject({ "a/dns": 99 });
  mend();
  await halfHours(2, suspected);

  expect(await world.integration()).toMatchObject({ state: "active", looks: { suspectedSince: null } });
  expect(mails(world)).toBe(0);
});

it("is suspended once the others are not seen gone any more, and it is", async () => {
  const { world } = await suspectedWorld(4);

  await world.live(60);
  expect(await world.integration()).toMatchObject({ state: "active" });
  await world.live(60);

  expect(await world.integration()).toMatchObject({ state: "suspended" });
  expect(mails(world)).toBe(1);
});

it("is held for a day at most: by then it is so", async () => {
  const suspected = await suspectedWorld(4);

  await halfHours(47, suspected);
  expect(await suspected.world.integration()).toMatchObject({ state: "active" });
  await halfHours(3, suspected);

  expect(await suspected.world.integration()).toMatchObject({ state: "suspended" });
});

it("operators are told as long as others begin to, and the row is written now and then, however many there are", async () => {
  const { table, clock } = await activeWorld(["a"]);
  let writes = 0;
  const note = manySuspected({
    table: {
      ...table,
      put: (...write) => {
        writes += 1;
        return table.put(...write);
      },
    },
  });
  const seen: boolean[] = [];

  const printed = await printedBy(async () => {
    for (const id of customersNamed(500)) {
      seen.push(await note(id, clock.date().toISOString(), true));
      await clock.settle(clock.sleep(6_000));
    }
  });

  expect(seen).toEqual(seen.map((_, at) => at >= 4));
  expect(printed.split(alarm).length).toBeGreaterThan(2);
  expect(printed).toContain('"ERROR"');
  // fifty minutes: five at first, then five in ten minutes
  expect(writes).toBeLessThanOrEqual(30);
});

it("one that is suspected again and again is one", async () => {
  const { table, clock } = await activeWorld(["a"]);
  const note = manySuspected({ table });
  for (let time = 0; time < 10; time += 1) {
    expect(await note("org-1", clock.date().toISOString(), true)).toBe(false);
    await clock.settle(clock.sleep(11 * 60_000));
  }
});

it("a hold does not feed itself: who leaves afterwards, one in two hours, is suspended after five minutes", async () => {
  const { table, clock } = await activeWorld(["a"]);
  const note = manySuspected({ table });
  const at = () => clock.date().toISOString();
  for (const id of customersNamed(5)) await note(id, at(), true);
  let isHeld = true;
  for (let half = 0; half < 6; half += 1) {
    await clock.settle(clock.sleep(30 * 60_000));
    for (const id of customersNamed(5)) isHeld = await note(id, at(), false);
  }

  expect(isHeld).toBe(false);
  expect(await note("another", at(), true)).toBe(false);
});

it("one whose connection is not in use is held as well, until Gradient takes a count", async () => {
  const world = await activeWorld(["a", "b"]);
  const note = manySuspected(world);
  for (const id of customersNamed(9)) await note(id, world.clock.date().toISOString(), true);
  const organization = world.gradient.organizationOf(world.token);
  if (organization) organization.connection.status = "inactive";
  await press(world);

  await world.live(8);
  expect(await world.integration()).toMatchObject({ state: "active" });
  await world.setUsage("a", { dns: 99, sig: 0 });
  await send(world, "changes");
  await world.live(60);

  expect(await world.integration()).toMatchObject({ state: "active", looks: { suspectedSince: null } });
});
