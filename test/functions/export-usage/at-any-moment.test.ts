import { describe, expect, it } from "vitest";
import { type ActName, actNames, acts, settingNames, worldIn, wrongAfter } from "#test/builders/acts";
import { dieAfter, interruptBefore } from "#test/fakes/interrupted-table";

const firsts: ActName[] = ["a tick", "a worker", "a cancellation", "a new token", "a person's run"];
const quietly = (act: Promise<unknown>) => act.catch(() => undefined);

describe.each(settingNames)("%s", (setting) => {
  describe.each(firsts)("%s", (first) => {
    it.each(actNames.filter((name) => name !== first))(
      "bears %s between reading and each of its writes",
      async (second) => {
        for (let at = 1, isDone = false; !isDone; at += 1) {
          const world = await worldIn(setting);
          const interruption = interruptBefore(world.table, at, () => quietly(acts[second](world)));
          await world.clock.settle(quietly(acts[first](world)));
          isDone = interruption.writes() < at;
          interruption.restore();

          expect(await wrongAfter(world, isDone ? [first] : [first, second]), `before write ${at}`).toEqual([]);
        }
      },
    );
  });

  it.each(actNames)("%s may die after each of its writes", async (first) => {
    for (let at = 1, isDone = false; !isDone; at += 1) {
      const world = await worldIn(setting);
      const death = dieAfter(world.table, at);
      await world.clock.settle(quietly(acts[first](world)));
      isDone = death.writes() < at;
      death.restore();
      // whoever wanted that, wants it still
      if (first === "a new token" || first === "a measurement") await world.clock.settle(quietly(acts[first](world)));

      expect(await wrongAfter(world, [first]), `after write ${at}`).toEqual([]);
    }
  });
});
