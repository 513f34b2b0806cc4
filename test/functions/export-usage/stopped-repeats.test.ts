import { expect, it } from "vitest";
import { activeWorld, ledgerEntryOf, runsOf, schedule } from "#test/builders/connected-world";

const hourMs = 60 * 60_000;

it("what repeats have left over for want of an answer is sent by itself, also where they were stopped", async () => {
  const state = { isBad: false };
  const world = await activeWorld(["a", "b"], {
    through: (gradient) => ({
      ...gradient,
      setUnitCount: async (token, count) => {
        if (!state.isBad) return gradient.setUnitCount(token, count);
        if (count.accountId === "a") return { kind: "in-doubt", reason: "status 503" };
        await world.clock.sleep(5_000);
        state.isBad = false;
        return { kind: "forbidden" };
      },
    }),
  });
  await schedule(world, { frequency: "monthly", dayOfMonth: 20, hour: 12 });
  await world.pass(Date.parse("2026-12-20T11:59:30.000Z") - world.clock.now());
  state.isBad = true;
  await world.live(2);
  const stopped = (await runsOf(world)).find(({ kind, stop }) => kind === "repeat" && stop === "gradient-refuses");
  expect(stopped).toMatchObject({ outcome: "failed" });
  expect(await ledgerEntryOf(world, "a", "dns")).toMatchObject({ owed: "no-answer" });
  const from = world.gradient.countsReceived.length;

  await world.live(10);
  for (let hours = 0; hours < 24; hours += 1) {
    await world.pass(hourMs);
    await world.live(1);
  }

  // two lines were left over: the receipts say that they are sent by themselves
  expect(world.gradient.countsReceived.slice(from).map(({ accountId }) => accountId)).toEqual(["a", "a"]);
});
