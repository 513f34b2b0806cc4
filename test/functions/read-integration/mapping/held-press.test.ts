import { expect, it } from "vitest";
import { readMapping } from "#functions/read-integration/mapping/read-mapping";
import { readMappingItems } from "#functions/read-integration/mapping/read-mapping-items";
import { startExport } from "#functions/start-export/start-export";
import type { CountAnswer } from "#shared/gradient/gradient-api";
import { activeWorld, start } from "#test/builders/connected-world";
import type { GradientSide } from "#test/fakes/paced-gradient";
import type { ServiceWorld } from "#test/fakes/service-world";

const held: [string, CountAnswer][] = [
  ["refused", { kind: "forbidden" }],
  ["failed", { kind: "in-doubt", reason: "HTTP 500" }],
  ["throttled", { kind: "throttled", retryAfterMs: 1_000 }],
];

/** A partner with a customer that is not mapped, and a Gradient that answers counts as it is told. */
const aWorldWithAGap = async () => {
  const counts: { answer: CountAnswer | undefined } = { answer: undefined };
  const through = (gradient: GradientSide): GradientSide => ({
    ...gradient,
    setUnitCount: async (...call) => counts.answer ?? gradient.setUnitCount(...call),
  });
  const world = await activeWorld(["a", "b", "gap"], { mapped: ["a", "b"], through });
  return { world, counts };
};

const room = { rows: 100, bytes: 1_000_000 };
const mappingOf = async (world: ServiceWorld) => {
  const { accounts, services, unbilledUnits, unmapped } = await readMapping(world)(world.partnerId);
  const items = await Promise.all(
    (["accounts", "services"] as const).map((kind) =>
      readMappingItems(world)({ partnerId: world.partnerId, kind, status: "unmapped", cursor: undefined, room }),
    ),
  );
  return { accounts, services, unbilledUnits, unmapped, items: items.map(({ items: all }) => all) };
};
const shareOf = ({ total, mapped, unknown }: { total: number; mapped: number; unknown: number }) => ({
  total,
  isUnmapped: total - mapped - unknown,
});

it.each(held)("a press for everything changes nothing of what is mapped while counts are %s", async (_, answer) => {
  const { world, counts } = await aWorldWithAGap();
  const before = await mappingOf(world);
  expect(before).toMatchObject({
    accounts: { total: 3, mapped: 2, unknown: 0 },
    services: { total: 2, mapped: 2, unknown: 0 },
    unbilledUnits: 10,
  });

  counts.answer = answer;
  await start(world);
  expect(await mappingOf(world)).toEqual(before);
  await world.work();
  expect(await mappingOf(world)).toEqual(before);
  await world.sync({ partnerId: world.partnerId, reason: "watch" });
  await world.live(1);
  expect(await mappingOf(world)).toEqual(before);
  expect((await world.integration()).mapping).toMatchObject({ accounts: { mapped: 2 }, services: { mapped: 2 } });
});

it.each(held)("a new key leaves what is mapped unknown, and never unmapped, while counts are %s", async (_, answer) => {
  const { world, counts } = await aWorldWithAGap();

  counts.answer = answer;
  const text = world.gradient.regenerateKey(world.tokenNow());
  await world.register({ partnerId: world.partnerId, text, by: world.by });
  await startExport(world.common)({ partnerId: world.partnerId, mode: "full", by: world.by }).catch(() => undefined);
  for (let minute = 0; minute < 2; minute += 1) {
    const { services, unbilledUnits, unmapped } = await mappingOf(world);
    expect(shareOf(services)).toEqual({ total: 2, isUnmapped: 0 });
    expect(unmapped.services).toMatchObject([{ isKnown: false }, { isKnown: false }]);
    expect(unbilledUnits).toBeLessThanOrEqual(10);
    await world.live(1);
  }
});
