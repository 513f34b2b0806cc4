import { expect, it } from "vitest";
import { disconnectIntegration } from "#functions/disconnect-integration/disconnect-integration";
import type { CountAnswer } from "#shared/gradient/gradient-api";
import { activeWorld } from "#test/builders/connected-world";

it("one refusal of the key after tries that Gradient did not answer does not end the zeros of a disconnect", async () => {
  const state: { answer: CountAnswer | null } = { answer: null };
  const world = await activeWorld(["a"], {
    through: (gradient) => ({
      ...gradient,
      setUnitCount: async (token, sent) => state.answer ?? gradient.setUnitCount(token, sent),
    }),
  });
  const until = async (tries: number): Promise<void> => {
    for (let hours = 0; ((await world.integration()).closing?.tries ?? tries) < tries && hours < 48; hours += 1) {
      await world.pass(3_600_000);
      await world.live(2);
    }
  };
  state.answer = { kind: "in-doubt", reason: "status 503" };
  await disconnectIntegration(world.common)({ ...world, finalCounts: "zero" });
  await world.work();
  await until(4);
  expect(await world.integration()).toMatchObject({ closing: { tries: 4 } });

  // our own key was refused for a moment, or Gradient was wrong
  state.answer = { kind: "token-rejected" };
  await until(5);
  state.answer = null;
  await until(6);

  expect(await world.counts()).toEqual({ "a/dns": 0, "a/sig": 0 });
});
