import { expect, it } from "vitest";
import type { Trouble } from "#shared/breakers/state/breaker";
import { openForAll, openForOne } from "#test/builders/breakers";
import { activeWorld } from "#test/builders/connected-world";
import { hubApi } from "#test/builders/hub-api";
import { everyRow } from "#test/builders/table";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";

const refuses: (world: ServiceWorld) => Promise<void> = ({ table, partnerId, clock }) =>
  openForOne(table, partnerId, clock.now());

/** Whatever is stored but the count of calls that people make. */
const kept = ({ table }: ServiceWorld) => everyRow(table).filter(({ sk }) => !String(sk).startsWith("call"));

it("starts no run while Gradient refuses the partner's calls, and says until when", async () => {
  const world = await activeWorld(["a"]);
  const { ask } = hubApi(world);
  await refuses(world);
  const before = kept(world);
  const again = new Date(world.clock.now() + 15 * 60_000).toISOString().slice(11, 16);

  const reply = await ask("startExport", { headers: { "idempotency-key": "one" } });

  expect(reply).toMatchObject({
    status: 503,
    headers: { "retry-after": "900" },
    body: {
      code: "gradient.refused",
      detail: `Gradient refuses the calls for your organization at the moment. Gradient is asked again at ${again} UTC. Nothing was changed; try again after that.`,
    },
  });
  expect(kept(world)).toEqual(before);
});

it("starts none before the first count was accepted either", async () => {
  const world = serviceWorld();
  await world.connect();
  await refuses(world);

  expect(await hubApi(world).ask("startExport")).toMatchObject({ status: 503, body: { code: "gradient.refused" } });
});

it.each([
  ["vendor-key", 502, "gradient.vendor-key-rejected", "for its own key as it seems"],
  ["gradient-refuses", 503, "gradient.refused", "refuses all calls of the hub"],
  ["gradient-down", 503, "gradient.unavailable", "does not answer at the moment"],
] as const satisfies [Trouble, ...unknown[]][])(
  "says so of everybody's calls: %s",
  async (trouble, status, code, words) => {
    const world = await activeWorld(["a"]);
    await openForAll(world.table, trouble, world.clock.now());

    expect(await hubApi(world).ask("startExport")).toMatchObject({
      status,
      body: { code, detail: expect.stringContaining(words) },
    });
  },
);

it("keeps nobody from a dry run, nor a new token's partner from sending", async () => {
  const world = await activeWorld(["a"]);
  const { ask } = hubApi(world);
  await refuses(world);
  expect(await ask("startExport", { body: { mode: "dry-run" } })).toMatchObject({ status: 202 });

  await openForOne(world.table, world.partnerId, world.clock.now(), { tokenVersionId: "an-earlier-one" });
  expect(await ask("startExport")).toMatchObject({ status: 202 });
});
