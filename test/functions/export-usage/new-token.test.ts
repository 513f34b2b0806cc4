import { describe, expect, it } from "vitest";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import { isWanted } from "#shared/integrations/record/wants";
import {
  activeWorld,
  carry,
  customersNamed,
  exportOf,
  inShort,
  loseMessages,
  pauseFor,
  runsOf,
  send,
  start,
} from "#test/builders/connected-world";
import type { ServiceWorld } from "#test/fakes/service-world";

const register = (world: ServiceWorld, text: PartnerToken) =>
  world.register({ partnerId: world.partnerId, text, by: world.by });

/** A key for the same connection, in which Gradient keeps accounts and counts. */
const nextToken = (world: ServiceWorld) => world.gradient.regenerateKey(world.token);

const heldUnder = ({ gradient }: ServiceWorld, token: PartnerToken) =>
  Object.fromEntries(
    [...(gradient.organizationOf(token)?.counts ?? [])].map(([account, counts]) => [account, [...counts.values()]]),
  );

/** Runs since the partner has become active, in short. */
const laterRuns = async (world: ServiceWorld, before: number) => (await runsOf(world)).slice(before).map(inShort);

describe("a token that replaces another", () => {
  it("has everything sent once more by itself, and only once", async () => {
    const world = await activeWorld();
    const before = (await runsOf(world)).length;
    const sent = world.gradient.countsReceived.length;

    await register(world, nextToken(world));
    await world.live(30);

    expect(await laterRuns(world, before)).toEqual(["mapping changes succeeded"]);
    expect(world.gradient.countsReceived).toHaveLength(sent + 6);
  });

  it("while a run is under way stops it, and everything is sent under the new one", async () => {
    const customers = customersNamed(300);
    const world = await activeWorld(customers);
    const before = (await runsOf(world)).length;
    const run = await start(world);
    const replacing = async () => {
      await world.clock.sleep(2_500);
      const token = nextToken(world);
      await register(world, token);
      return token;
    };

    const [, token] = await world.clock.settle(Promise.all([carry(world, run), replacing()]));
    // a person waits for it: it is not admitted like others, and has a lane of its own
    expect((await runsOf(world)).at(-1)).toMatchObject({ trigger: "mapping", lane: "on-demand", state: "planned" });
    await world.work();

    expect(await exportOf(world, run)).toMatchObject({
      state: "finished",
      outcome: "partial",
      stop: expect.anything(),
    });
    expect(await laterRuns(world, before)).toEqual(["manual full partial", "mapping changes succeeded"]);
    expect((await runsOf(world)).at(-1)).toMatchObject({ totals: { lines: 600, accepted: 600 } });
    expect(Object.keys(heldUnder(world, token))).toHaveLength(300);
    expect(await world.integration()).toMatchObject({ state: "active", problems: [] });
  });

  it("while a run stands still closes it, and everything is sent under the new one at once", async () => {
    const world = await activeWorld();
    const run = await start(world, "full");
    await loseMessages(world);
    await world.pass(1_000);
    await world.setUsage("b", { dns: 77, sig: 0 });
    const token = nextToken(world);

    await register(world, token);
    expect(await exportOf(world, run)).toMatchObject({ state: "finished", stop: "not-connected", outcome: "failed" });
    await world.work();

    expect((await runsOf(world)).at(-1)).toMatchObject({ trigger: "mapping", totals: { lines: 6, accepted: 6 } });
    expect(heldUnder(world, token)).toMatchObject({ b: [77, 0] });
    await world.live(5);
    expect((await runsOf(world)).at(-1)).toMatchObject({ trigger: "mapping" });
  });

  it("after a suspension brings what was held up", async () => {
    const world = await activeWorld();
    const token = nextToken(world);
    await world.setUsage("b", { dns: 77, sig: 0 });
    expect(await send(world, "changes")).toMatchObject({ stop: "token-rejected", totals: { accepted: 0 } });
    expect(await world.integration()).toMatchObject({ state: "suspended" });
    await world.live(20);

    await register(world, token);
    await world.live(2);

    expect(await world.integration()).toMatchObject({ state: "active", problems: [] });
    expect(heldUnder(world, token)).toMatchObject({ a: [10, 0], b: [77, 0], c: [10, 0] });
  });

  it.each([
    ["a dry run", "dry-run", {}],
    ["a run of some customers", "full", { customerIds: ["a"] }],
  ] as const)("does so though somebody has had %s first", async (_, mode, narrowing) => {
    const world = await activeWorld();
    const before = (await runsOf(world)).length;
    await pauseFor(world, 3_600_000);
    await register(world, nextToken(world));

    const first = await send(
      world,
      mode,
      "customerIds" in narrowing ? { customerIds: [...narrowing.customerIds] } : {},
    );
    await world.live(65);

    expect(await laterRuns(world, before)).toEqual([inShort(first), "mapping changes succeeded"]);
    expect((await runsOf(world)).at(-1)).toMatchObject({ totals: { lines: 6 } });
    expect(isWanted((await world.integration()).wants.all)).toBe(false);
  });

  it("is met by a person's own run of all lines", async () => {
    const world = await activeWorld();
    const before = (await runsOf(world)).length;
    await pauseFor(world, 3_600_000);
    await register(world, nextToken(world));

    expect(await send(world, "changes")).toMatchObject({ totals: { lines: 6, accepted: 6 } });
    await world.live(65);

    expect(await laterRuns(world, before)).toEqual(["manual changes succeeded"]);
  });

  it("starts nothing in a pause, and everything after it", async () => {
    const world = await activeWorld();
    const before = (await runsOf(world)).length;
    await pauseFor(world, 3_600_000);

    await register(world, nextToken(world));
    await world.live(30);
    expect(await laterRuns(world, before)).toEqual([]);

    await world.live(31);
    expect(await laterRuns(world, before)).toEqual(["mapping changes succeeded"]);
  });
});
