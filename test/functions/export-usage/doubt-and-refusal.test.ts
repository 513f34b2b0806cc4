import { expect, it } from "vitest";
import type { Refusals } from "#shared/breakers/refusals";
import { verdicts } from "#shared/exports/verdicts";
import { carry, connectedWorld, ledgerEntryOf, receiptsOf, send, start } from "#test/builders/connected-world";
import { dieAfter } from "#test/fakes/interrupted-table";

const takenWhenAskedAgain: Refusals = {
  obstacleFor: async () => null,
  note: async () => undefined,
  confirm: async () => "taken",
  forbid: async () => undefined,
};

it("a number that a dead worker may have sent is in doubt, though its successor hears an acceptance, and then a false 401", async () => {
  const world = await connectedWorld(["a", "b"], undefined, takenWhenAskedAgain);
  world.map(["a", "b"]);
  const { gradient, clock } = world;
  const setUnitCount = gradient.setUnitCount;
  let death: ReturnType<typeof dieAfter> | undefined;
  gradient.setUnitCount = async () => {
    death ??= dieAfter(world.table, 1);
    await clock.sleep(8_000);
    return { kind: "in-doubt", reason: "time-out" };
  };
  const run = await start(world);
  await clock.settle(carry(world, run).catch(() => undefined));
  death?.restore();
  await clock.settle(clock.sleep(30_000));
  let refusals = 0;
  gradient.setUnitCount = async (token, count) =>
    count.accountId === "b" && refusals++ === 0 ? { kind: "token-rejected" } : setUnitCount(token, count);

  await clock.settle(carry(world, run));
  await world.setUsage("a", { dns: 99, sig: 99 });
  const next = await send(world, "changes");

  expect(refusals).toBeGreaterThan(0);
  expect((await ledgerEntryOf(world, "a", "dns"))?.doubt).not.toBeNull();
  const ofA = (await receiptsOf(world, next)).filter(({ customerId }) => customerId === "a");
  expect(ofA.map(({ reason }) => reason)).toEqual([verdicts.inDoubt.reason, verdicts.inDoubt.reason]);
});
