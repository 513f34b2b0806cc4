import { describe, expect, it } from "vitest";
import { AppError } from "#shared/errors";
import { deeds, farewellWorld, takeMessages } from "#test/builders/farewells";
import type { ServiceWorld } from "#test/fakes/service-world";

const dayMs = 24 * 60 * 60_000;
const place = { pk: "partner#org-1", sk: "integration" };

/** As a version before had written it: nothing says which connections Gradient has still to hear of. */
const forgetWhatIsLeft = async (world: ServiceWorld) => {
  const { leftConnections: _, ...row } = (await world.table.get(place)) ?? { ...place, version: 0 };
  await world.table.put(row);
};
const statuses = ({ gradient }: ServiceWorld, keys: Awaited<ReturnType<typeof farewellWorld>>["keys"]) =>
  [keys.a, keys.b].map((key) => gradient.organizationOf(key)?.connection.status);
const lookAt = async (world: ServiceWorld) => (await world.table.get(place))?.lookAt;

describe("messages of a version before, which the record says nothing of,", () => {
  it.each(["first", "last"])(
    "are all handled, the late one %s, and the secret goes when no other can come",
    async (when) => {
      const { world, keys } = await farewellWorld();
      const late = await takeMessages(world);
      await deeds.keep(world);
      const messages = [...late, ...(await takeMessages(world))];
      await forgetWhatIsLeft(world);

      for (const message of when === "first" ? messages : messages.toReversed())
        await world.clock.settle(world.close(message));

      expect(statuses(world, keys)).toEqual(["inactive", "inactive"]);
      expect(world.vault.names()).toHaveLength(1);
      await world.pass(13 * dayMs);
      await world.live(2);
      expect(world.vault.names()).toHaveLength(1);
      await world.pass(dayMs);
      await world.live(2);
      expect([world.vault.names(), await lookAt(world)]).toEqual([[], undefined]);
    },
  );
});

describe("a message that is lost", () => {
  it("is sent again a day later", async () => {
    const { world, keys } = await farewellWorld();
    await deeds.keep(world);
    await takeMessages(world);
    await world.live(2);
    expect(statuses(world, keys)).toEqual(["pending", "pending"]);

    await world.pass(dayMs);
    await world.live(2);

    expect(statuses(world, keys)).toEqual(["inactive", "inactive"]);
    expect([world.vault.names(), await lookAt(world)]).toEqual([[], undefined]);
  });

  it("is sent again while the partner is connected, at whatever step", async () => {
    const { world, keys } = await farewellWorld();
    await takeMessages(world);
    await world.pass(dayMs);
    await world.live(2);

    expect(statuses(world, keys)).toEqual(["inactive", "pending"]);
    expect(world.vault.names()).toHaveLength(1);
  });
});

it("a connection that Gradient does not let us leave keeps its key for a week", async () => {
  const { world } = await farewellWorld();
  const forbidden = { error: new AppError("upstream", "gradient.forbidden", "no") };
  world.gradient.failNext("setStatus", forbidden, { times: 100 });
  await deeds.keep(world);
  const messages = await takeMessages(world);
  for (const message of messages) await expect(world.clock.settle(world.close(message))).rejects.toThrow("no");
  expect(world.vault.names()).toHaveLength(1);

  await world.pass(7 * dayMs);
  for (const message of messages) await world.clock.settle(world.close(message));

  expect([world.vault.names(), await lookAt(world)]).toEqual([[], undefined]);
});
