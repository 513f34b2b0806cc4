import { describe, expect, it } from "vitest";
import { checkMapping } from "#functions/check-mapping/check-mapping";
import { recordCustomers } from "#functions/record-customers/record-customers";
import { activeWorld } from "#test/builders/connected-world";

const minuteMs = 60_000;

/** A moment after an active partner's token is to be tried; Gradient does not tell what is mapped, so nobody looks. */
const worldToTry = async (duringTrial: () => Promise<unknown> = async () => undefined) => {
  let isDone = true;
  const world = await activeWorld(["a"], {
    through: (gradient) => ({
      ...gradient,
      readAccounts: async (token) => (await gradient.readAccounts(token)).map(({ id, name }) => ({ id, name })),
      readConnection: async (token) => {
        if (!isDone) {
          isDone = true;
          await duringTrial();
        }
        return gradient.readConnection(token);
      },
    }),
  });
  await world.live(30);
  const { looks, mapping } = await world.integration();
  expect(mapping.nextCheckAt).toBeNull();
  await world.pass(Date.parse(looks.tokenCheckAt ?? "") - world.clock.now() + 1_000);
  isDone = false;
  return world;
};
type World = Awaited<ReturnType<typeof worldToTry>>;

const tellOfCustomer = ({ common, partnerId }: World) =>
  recordCustomers(common)({ partnerId, customers: [{ id: "new", name: "New", billing: "billed" }] });
const accountsOf = ({ gradient, token }: World) => [...(gradient.organizationOf(token)?.accounts.keys() ?? [])];

describe("a look that is asked for around the daily trial of the token", () => {
  it("comes for a customer that is new while the trial's message is on its way", async () => {
    const world = await worldToTry();
    await world.clock.settle(world.watch({ remainingMs: () => minuteMs }));

    await tellOfCustomer(world);
    await world.work();
    await world.live(10);

    expect(accountsOf(world)).toContain("new");
  });

  it("comes for a customer that is new while Gradient is asked", async () => {
    const world: World = await worldToTry(() => tellOfCustomer(world));

    await world.live(10);

    expect(accountsOf(world)).toContain("new");
  });

  it("comes for a person who presses while Gradient is asked", async () => {
    const world: World = await worldToTry(() => checkMapping(world.common)(world));
    const before = (await world.integration()).mapping.lastCheckedAt;

    await world.live(10);

    expect((await world.integration()).mapping.lastCheckedAt).not.toBe(before);
  });
});
