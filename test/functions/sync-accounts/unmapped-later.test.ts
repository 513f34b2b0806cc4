import { expect, it } from "vitest";
import { readMapping } from "#functions/read-integration/mapping/read-mapping";
import { activeWorld, send } from "#test/builders/connected-world";
import type { InMemoryGradient } from "#test/fakes/in-memory-gradient";

const dayMs = 24 * 60 * 60_000;
const untold = (gradient: InMemoryGradient): InMemoryGradient => ({
  ...gradient,
  readAccounts: async (token) => (await gradient.readAccounts(token)).map(({ id, name }) => ({ id, name })),
});

it.each([
  ["that Gradient tells", (gradient: InMemoryGradient) => gradient],
  ["that only a 404 tells", untold],
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
