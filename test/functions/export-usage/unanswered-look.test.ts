import { expect, it } from "vitest";
import { connectedWorld, schedule, send } from "#test/builders/connected-world";

const dayMs = 24 * 60 * 60_000;

/** An active partner that sends once a month; its only customer is mapped, and one of its two services is not. */
const worldWithUnmappedService = async () => {
  const state = { fails: false };
  const world = await connectedWorld(["a"], (gradient) => ({
    ...gradient,
    setUnitCount: async (token, count) =>
      state.fails ? { kind: "in-doubt", reason: "status 503" } : gradient.setUnitCount(token, count),
  }));
  await world.setUsage("a", { dns: 10, sig: 7 });
  const [dns, sig] = ["dns", "sig"].map(
    (id) => world.gradient.services.find(({ name }) => name === `Service ${id}`)?.id ?? "",
  );
  world.gradient.mapAccount(world.token, "a");
  world.gradient.mapService(world.token, dns ?? "");
  await send(world);
  await world.live(2);
  await schedule(world, { frequency: "monthly", dayOfMonth: 20 });
  const aDay = async (): Promise<void> => {
    await world.pass(dayMs);
    await world.live(3);
  };
  const mapSig = (isMapped = true): void => world.gradient.mapService(world.token, sig ?? "", isMapped);
  return { world, state, aDay, mapSig };
};

it("a service that is mapped later is found by the daily look, and its count sent", async () => {
  const { world, aDay, mapSig } = await worldWithUnmappedService();
  expect(await world.counts()).toEqual({ "a/dns": 10 });

  mapSig();
  await aDay();

  expect(await world.counts()).toEqual({ "a/dns": 10, "a/sig": 7 });
});

it("so it is where Gradient did not answer the look that tried it first", async () => {
  const { world, state, aDay, mapSig } = await worldWithUnmappedService();

  mapSig();
  state.fails = true;
  await aDay();
  state.fails = false;
  for (let days = 0; days < 5; days += 1) await aDay();

  expect(await world.counts()).toEqual({ "a/dns": 10, "a/sig": 7 });
});

it("a service whose mapping was taken away is not shown as mapped because a look got no answer", async () => {
  const { world, state, aDay, mapSig } = await worldWithUnmappedService();
  mapSig();
  await aDay();
  mapSig(false);
  await world.setUsage("a", { dns: 10, sig: 9 });
  await send(world, "changes");
  await aDay();
  expect((await world.integration()).mapping).toMatchObject({ services: { total: 2, mapped: 1 } });

  state.fails = true;
  await aDay();
  state.fails = false;
  for (let days = 0; days < 3; days += 1) await aDay();

  expect((await world.integration()).mapping).toMatchObject({ services: { total: 2, mapped: 1 } });
});
