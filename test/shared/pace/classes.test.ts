import { describe, expect, it } from "vitest";
import { callsPerSecond } from "#test/fakes/rate";
import { seededRandom } from "#test/simulation/world/random";
import { type Call, traffic } from "./traffic.ts";
import { mostWithin } from "./windows.ts";

const perSecond = (calls: Call[], from: number, to: number, mine: (call: Call) => boolean): number =>
  (calls.filter((call) => call.sentAt >= from && call.sentAt < to && mine(call)).length * 1000) / (to - from);
const ofClass = (its: Call["class"]) => (call: Call) => call.class === its;
const by = (who: string) => (call: Call) => call.by === who;

/** Workers that are never without calls, as on a busy night. */
const busyNight = (world: ReturnType<typeof traffic>, until: number, workers = 2) =>
  Array.from({ length: workers }, (_, index) => world.send({ class: "scheduled", by: `night-${index}`, until }));

describe("a strict window", () => {
  const seeds = Array.from({ length: 40 }, (_, seed) => seed);
  /** Everybody at once: workers, people's runs that come and go, looks, and calls of people at any moment. */
  const mix = async (seed: number, withPeople: boolean) => {
    const random = seededRandom(seed);
    const slowest = random.pick([0, 3, 12, 30]);
    const world = traffic({ tableMs: () => random.between(0, slowest) });
    const until = 6_000;
    const some = (most: number) => Array.from({ length: random.below(most + 1) }, (_, index) => index);
    const pauseMs = () => random.between(0, random.pick([5, 50, 400]));
    await world.clock.settle(
      Promise.all([
        ...some(3).map((index) => world.send({ class: "scheduled", by: `worker-${index}`, until })),
        ...some(4).map((index) => world.send({ class: "low", by: `low-${index}`, until, pauseMs })),
        ...some(8).map((index) =>
          world.send({
            class: "on-demand",
            by: `run-${index}`,
            startsAt: random.between(0, 4_000),
            calls: 1 + random.below(700),
            until,
          }),
        ),
        ...(withPeople ? some(12) : []).map((index) =>
          world.send({ class: "person-call", by: `person-${index}`, startsAt: random.below(3_000), until, pauseMs }),
        ),
      ]),
    );
    return world.calls.map(({ slotAt }) => slotAt);
  };

  it.each(seeds)("never has more than 100 calls in it, where their ways differ by 21 ms, mix %i", async (seed) => {
    expect(mostWithin(await mix(seed, true), 1_021)).toBeLessThanOrEqual(100);
  });

  it.each(seeds)("bears 52 ms while no person's call goes ahead, mix %i", async (seed) => {
    expect(mostWithin(await mix(seed, false), 1_052)).toBeLessThanOrEqual(100);
  });
});

describe("a person's call", () => {
  it("goes ahead of all others, three of them in a second", async () => {
    const world = traffic();
    const waited: number[] = [];
    const ask = async (index: number) => {
      const startsAt = 1_000 + index * 100;
      const [call] = await world.send({ class: "person-call", by: `partner-${index}`, startsAt, calls: 1 });
      waited.push((call?.sentAt ?? 0) - startsAt);
    };
    await world.clock.settle(Promise.all([...busyNight(world, 5_000), ask(0), ask(1), ask(2), ask(3)]));

    // the lead in which the table answers
    expect(waited.slice(0, 3)).toEqual([15, 15, 15]);
    expect(waited[3]).toBeGreaterThan(500);
    expect(waited[3]).toBeLessThan(1_000);
  });

  it("takes nothing beside the rate: what went ahead is given back by those behind", async () => {
    const world = traffic();
    const asked = Array.from({ length: 40 }, (_, index) =>
      world.send({ class: "person-call", by: `partner-${index}`, startsAt: index * 400, calls: 1 }),
    );
    await world.clock.settle(Promise.all([...busyNight(world, 16_000), ...asked]));

    expect(perSecond(world.calls, 0, 16_000, ofClass("person-call"))).toBe(2.5);
    expect(perSecond(world.calls, 0, 16_000, () => true)).toBeLessThan(callsPerSecond + 0.5);
    expect(perSecond(world.calls, 0, 16_000, () => true)).toBeGreaterThan(callsPerSecond - 0.5);
  });

  it("finds room beside a partner who tries tokens without end, and hardly anybody else notices that one", async () => {
    const world = traffic();
    const attempts = Array.from({ length: 20 }, () =>
      world.send({ class: "person-call", by: "restless", until: 5_000, pauseMs: () => 100 }),
    );
    const ask = async () => {
      const [call] = await world.send({ class: "person-call", by: "other", startsAt: 2_000, calls: 1 });
      return (call?.sentAt ?? Number.POSITIVE_INFINITY) - 2_000;
    };
    const [waited] = await world.clock.settle(Promise.all([ask(), ...busyNight(world, 5_000), ...attempts]));

    expect(waited).toBeLessThan(50);
    expect(perSecond(world.calls, 0, 5_000, by("restless"))).toBeLessThan(2.5);
    expect(perSecond(world.calls, 0, 5_000, ofClass("scheduled"))).toBeGreaterThan(92);
  });

  it("waits for the end of a pause as everybody does", async () => {
    const world = traffic();
    const pause = async () => {
      await world.clock.sleep(500);
      await world.slowDown(1_500);
    };
    const ask = world.send({ class: "person-call", by: "partner", startsAt: 1_000, calls: 1 });
    const [[call]] = await world.clock.settle(Promise.all([ask, pause(), ...busyNight(world, 3_000)]));

    expect(call?.sentAt).toBe(2_000);
  });
});

describe("a run that a person waits for", () => {
  it.each([
    [1, 0, 30],
    [2, 0, 30],
    [2, 5, 30],
    [2, 20, 30],
    [4, 20, 30],
    [10, 20, 70],
  ])(
    "has few slots of %i workers and some looks before its first, where the table takes %i ms: %i",
    async (workers, ms, most) => {
      for (let round = 0; round < 20; round += 1) {
        const world = traffic({ tableMs: () => ms });
        const pressedAt = 500 + round * 17;
        const ahead = async () => {
          await world.clock.sleep(pressedAt);
          return world.heldAhead();
        };
        const looks = [0, 1, 2, 3].map((look) => world.send({ class: "low", by: `look-${look}`, until: 1_000 }));
        // the last worker has just begun
        const newcomer = world.send({ class: "scheduled", by: "late", startsAt: pressedAt - 25, until: 1_000 });
        const [held] = await world.clock.settle(
          Promise.all([ahead(), newcomer, ...looks, ...busyNight(world, 1_000, workers - 1)]),
        );
        expect(held).toBeLessThanOrEqual(most);
      }
    },
  );

  it.each([5, 25])(
    "sends 160 lines in 2.5 s of a busy night, and leaves the others a tenth of it, where the table takes %i ms",
    async (ms) => {
      const world = traffic({ tableMs: () => ms });
      const press = world.send({ class: "on-demand", by: "run", startsAt: 1_000, calls: 160 });
      const [run] = await world.clock.settle(Promise.all([press, ...busyNight(world, 4_000)]));

      const end = run?.at(-1)?.sentAt ?? 0;
      expect(end - 1_000).toBeLessThan(2_500);
      const others = perSecond(world.calls, 1_500, end, ofClass("scheduled"));
      expect(others).toBeGreaterThan(5);
      expect(others).toBeLessThan(13);
      expect(perSecond(world.calls, 1_000, 4_000, () => true)).toBeGreaterThan(94);
    },
  );

  it.each([2, 3, 6, 10])("shares the rate equally with the others, %i of them", async (count) => {
    const world = traffic();
    const runs = Array.from({ length: count }, (_, index) =>
      world.send({ class: "on-demand", by: `run-${index}`, startsAt: index * 40, calls: 480, until: 4_000 }),
    );
    await world.clock.settle(Promise.all(runs));

    const share = callsPerSecond / count;
    for (let index = 0; index < count; index += 1) {
      const its = perSecond(world.calls, 1_500, 4_000, by(`run-${index}`));
      expect(its).toBeGreaterThan(share * 0.85);
      expect(its).toBeLessThan(share * 1.15);
    }
  });

  it("has no priority after its first 500 calls", async () => {
    const world = traffic();
    const large = world.send({ class: "on-demand", by: "large", calls: 1_200 });
    await world.clock.settle(Promise.all([large, ...busyNight(world, 12_000)]));

    const first = world.calls.filter(by("large"))[499]?.sentAt ?? 0;
    expect(perSecond(world.calls, 500, first, by("large"))).toBeGreaterThan(80);
    const after = perSecond(world.calls, first + 1_000, first + 4_000, by("large"));
    expect(after).toBeGreaterThan(callsPerSecond / 3 - 5);
    expect(after).toBeLessThan(callsPerSecond / 3 + 5);
  });

  it("has its 20 lines through in 3 s while five others press *full* in a loop", async () => {
    const world = traffic({ tableMs: () => 5 });
    const until = 20_000;
    const loop = async (tenant: number) => {
      for (let press = 0; world.now() < until; press += 1) {
        await world.send({ class: "on-demand", by: `tenant-${tenant}-${press}`, calls: 150 + tenant * 300, until });
      }
    };
    const waited: number[] = [];
    const press = async () => {
      for (let round = 0; round < 6; round += 1) {
        const startsAt = world.now();
        await world.send({ class: "on-demand", by: `small-${round}`, calls: 20 });
        waited.push(world.now() - startsAt);
        await world.clock.sleep(700);
      }
    };
    const others = [0, 1, 2, 3, 4].map(loop);
    await world.clock.settle(
      Promise.all([world.clock.sleep(3_000).then(press), ...others, ...busyNight(world, until)]),
    );

    expect(waited).toHaveLength(6);
    expect(Math.max(...waited)).toBeLessThanOrEqual(3_000);
  });
});

describe("a look", () => {
  it.each([
    [1, 2],
    [8, 2],
    [8, 7],
  ])("takes at most every tenth slot while others wait, with %i at it beside %i workers", async (count, workers) => {
    const world = traffic();
    const looks = Array.from({ length: count }, (_, index) =>
      world.send({ class: "low", by: `look-${index}`, until: 8_000 }),
    );
    await world.clock.settle(Promise.all([...looks, ...busyNight(world, 8_000, workers)]));

    const slots = world.calls
      .filter(({ sentAt }) => sentAt > 500 && sentAt < 8_000)
      .toSorted((a, b) => a.slotAt - b.slotAt);
    const places = slots.flatMap((call, place) => (call.class === "low" ? [place] : []));
    expect(Math.min(...places.slice(1).map((place, index) => place - (places[index] ?? 0)))).toBeGreaterThanOrEqual(10);
    // and not much less: it must get on during a long night, too
    expect(perSecond(world.calls, 500, 8_000, ofClass("low"))).toBeGreaterThan(7);
  });

  it.each([1, 8])("has all of the rate while nobody else wants it, with %i at it", async (count) => {
    const world = traffic();
    const looks = Array.from({ length: count }, (_, index) =>
      world.send({ class: "low", by: `look-${index}`, until: 5_000 }),
    );
    await world.clock.settle(Promise.all(looks));

    expect(perSecond(world.calls, 0, 5_000, () => true)).toBeGreaterThan(callsPerSecond - 1);
  });

  it("has it again a moment after the others have ended", async () => {
    const world = traffic();
    await world.clock.settle(
      Promise.all([world.send({ class: "low", by: "look", until: 5_000 }), ...busyNight(world, 3_000)]),
    );
    expect(perSecond(world.calls, 3_500, 5_000, ofClass("low"))).toBeGreaterThan(callsPerSecond - 5);
  });

  it("leaves no more than ten slots of all looks before whoever begins", async () => {
    const world = traffic();
    const looks = Array.from({ length: 8 }, (_, index) =>
      world.send({ class: "low", by: `look-${index}`, until: 1_000 }),
    );
    const held: number[] = [];
    const watch = async () => {
      while (world.now() < 900) {
        await world.clock.sleep(7);
        held.push(await world.heldAhead());
      }
    };
    await world.clock.settle(Promise.all([watch(), ...looks]));
    expect(Math.max(...held)).toBeLessThanOrEqual(10);
  });

  it("asks the table seldom while it waits", async () => {
    const world = traffic();
    const looks = Array.from({ length: 4 }, (_, index) =>
      world.send({ class: "low", by: `look-${index}`, until: 5_000 }),
    );
    await world.clock.settle(Promise.all([...looks, ...busyNight(world, 5_000, 7)]));
    // some 240 blocks of workers and 50 slots of looks, each with a read before it
    expect(world.reads()).toBeLessThan(1_500);
  });
});
