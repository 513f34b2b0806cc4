import { describe, expect, it } from "vitest";
import { maxRunsPerWorker } from "#functions/export-usage/export-usage";
import { AppError } from "#shared/errors";
import { readAdmission } from "#shared/exports/admission/admission";
import { isOver } from "#shared/exports/usage-export";
import { noSizes } from "#shared/integrations/record/sizes";
import { noWants, wish } from "#shared/integrations/record/wants";
import { named } from "#test/builders/fleet";
import { sendingFleet } from "#test/builders/sending-fleet";
import { printedBy } from "#test/builders/stdout";
import { minutesAfter } from "#test/builders/time";
import { callsPerSecond } from "#test/fakes/rate";

/** A partner that waits for a place. */
const waiting = (id: string, minutes = 5, lines = 3) => ({
  id,
  lines,
  integration: { wants: wish(noWants, "all", { at: minutesAfter(-minutes), trigger: "schedule" }) },
});
const inTime = { remainingMs: () => 60_000 };

describe("the messages of one invocation", () => {
  it("are carried side by side, all under one rate", async () => {
    const sentAt: number[] = [];
    const fleet = await sendingFleet(
      named(10).map((id) => ({ id, lines: 95 })),
      {
        through: (gradient) => ({
          ...gradient,
          setUnitCount: async (...call) => {
            sentAt.push(fleet.clock.now());
            await fleet.clock.sleep(200);
            return gradient.setUnitCount(...call);
          },
        }),
      },
    );
    for (const id of named(10)) await fleet.start(id);
    const before = fleet.clock.now();

    const ends = await fleet.invoke(fleet.messages());

    expect([...ends.values()]).toEqual(Array(10).fill("finished"));
    for (const id of named(10)) expect(fleet.countsOf(id)).toBe(95);
    const gaps = sentAt.slice(1).map((at, index) => at - (sentAt[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThan(1000 / callsPerSecond - 1);
    // 950 counts take ten seconds; one run after the other would have waited for each last call by itself
    expect(fleet.clock.now() - before).toBeLessThan(12_500);
  });

  it("are twenty at a time at most; the others wait for room", async () => {
    let most = 0;
    const fleet = await sendingFleet(
      named(24).map((id) => ({ id, lines: 20 })),
      {
        through: (gradient) => ({
          ...gradient,
          setUnitCount: async (...call) => {
            most = Math.max(most, fleet.held().length);
            return gradient.setUnitCount(...call);
          },
        }),
      },
    );
    for (const id of named(24)) await fleet.start(id);

    const ends = await fleet.invoke(fleet.messages());

    expect([...ends.values()]).toEqual(Array(24).fill("finished"));
    expect(most).toBe(maxRunsPerWorker);
  });

  it("fail each by itself: others are not harmed, and what failed comes again", async () => {
    const fleet = await sendingFleet(named(3).map((id) => ({ id })));
    for (const id of named(3)) await fleet.start(id);
    const { read } = fleet.vault;
    fleet.vault.read = async (secretName, versionId) => {
      if (secretName === "p/p-01") throw new AppError("unavailable", "secrets.unavailable", "down");
      return read(secretName, versionId);
    };
    const messages = fleet.messages();

    const ends = await fleet.invoke(messages);

    expect(messages.map((message) => [message.partnerId, ends.get(message)]).sort()).toEqual([
      ["p-00", "finished"],
      ["p-01", { failure: expect.objectContaining({ code: "secrets.unavailable" }) }],
      ["p-02", "finished"],
    ]);
    fleet.vault.read = read;
    await fleet.clock.settle(fleet.clock.sleep(20_000));
    expect([...(await fleet.invoke(messages)).values()].sort()).toEqual(["already-over", "already-over", "finished"]);
  });

  it.each([
    ["one after the other where they are large", 5_000, 1],
    ["four at a time where they are small", 500, 4],
  ])("are planned %s", async (_, known, expected) => {
    const partners = named(6).map((id) => ({ id, integration: { sizes: { ...noSizes, lines: known } } }));
    const fleet = await sendingFleet(partners);
    for (const id of named(6)) await fleet.start(id);
    const reading = { now: 0, most: 0 };
    const { query } = fleet.table;
    fleet.table.query = async (asked) => {
      if (asked.prefix !== "customer#") return query(asked);
      reading.now += 1;
      reading.most = Math.max(reading.most, reading.now);
      // whoever comes after two others waits for longer than a lease lasts
      await fleet.clock.sleep(12_000);
      reading.now -= 1;
      return query(asked);
    };

    const ends = await fleet.invoke(fleet.messages());

    expect([...ends.values()]).toEqual(Array(6).fill("finished"));
    expect(reading.most).toBe(expected);
  });

  it("carry a run once, though two of them name it", async () => {
    const fleet = await sendingFleet([{ id: "p", lines: 40 }]);
    const run = await fleet.start("p");
    const messages = [...fleet.messages(), { partnerId: "p", exportId: run.id, lane: run.lane, leg: 1 }];

    const ends = await fleet.invoke(messages);

    expect(messages.map((message) => ends.get(message))).toEqual(["finished", "carried-elsewhere"]);
    expect(fleet.gradient.countsReceived).toHaveLength(40);
    expect(await fleet.runsOf("p")).toMatchObject([{ outcome: "succeeded", totals: { lines: 40, accepted: 40 } }]);
  });
});

describe("a worker with room, for runs that nobody waits for,", () => {
  it("admits further ones by itself, with its own lease and no message", async () => {
    const partners = named(25).map((id, index) => waiting(id, 60 - index, 10));
    let most = 0;
    const fleet = await sendingFleet(partners, {
      through: (gradient) => ({
        ...gradient,
        setUnitCount: async (...call) => {
          most = Math.max(most, fleet.held().length);
          return gradient.setUnitCount(...call);
        },
      }),
    });
    await fleet.admitOne();
    const [first] = fleet.messages();

    await fleet.invoke(first ? [first] : []);

    for (const { id } of partners) expect(fleet.countsOf(id), id).toBe(10);
    expect(fleet.messages()).toEqual([]);
    expect(most).toBe(maxRunsPerWorker);
  });

  it("shares the places with others, and no run is carried by two", async () => {
    const partners = named(30).map((id, index) => waiting(id, 60 - index, 10));
    const fleet = await sendingFleet(partners);
    while (await fleet.admitOne());
    const messages = fleet.messages();
    const places = messages.length;

    const ends = await fleet.clock.settle(
      Promise.all([fleet.invoke(messages.slice(0, 10)), fleet.invoke(messages.slice(10))]),
    );

    expect(places).toBe(20);
    expect(ends.flatMap((its) => [...its.values()]).every((end) => end === "finished")).toBe(true);
    for (const { id } of partners) expect(await fleet.runsOf(id), id).toMatchObject([{ totals: { accepted: 10 } }]);
    expect(fleet.gradient.countsReceived).toHaveLength(300);
  });

  it("takes a run whose message has not been received, and its message finds it carried or over", async () => {
    const fleet = await sendingFleet([waiting("p-00", 9, 500), waiting("p-01", 8)]);
    while (await fleet.admitOne());
    const messages = fleet.messages();
    const first = messages.filter(({ partnerId }) => partnerId === "p-00");
    const late = messages.filter(({ partnerId }) => partnerId === "p-01");

    await fleet.invoke(first);

    expect(fleet.countsOf("p-01")).toBe(3);
    expect([...(await fleet.invoke(late)).values()]).toEqual(["already-over"]);
  });

  it("goes on where one that it has admitted fails: that one goes on with another worker", async () => {
    const fleet = await sendingFleet([waiting("p-00", 9, 200), waiting("p-01", 8), waiting("p-02", 7)]);
    await fleet.admitOne();
    const { read } = fleet.vault;
    fleet.vault.read = async (secretName, versionId) => {
      if (secretName === "p/p-01") throw new AppError("unavailable", "secrets.unavailable", "down");
      return read(secretName, versionId);
    };
    const messages = fleet.messages().filter(({ partnerId }) => partnerId === "p-00");

    const printed = await printedBy(() => fleet.invoke(messages));

    const told = printed.split("\n").filter((line) => line.includes("run failed, it will be taken up again"));
    expect(told.map((line) => JSON.parse(line))).toMatchObject([
      { partnerId: "p-01", exportId: expect.stringMatching(/./) },
    ]);
    expect(["p-00", "p-01", "p-02"].map(fleet.countsOf)).toEqual([200, 0, 3]);
    fleet.vault.read = read;
    await fleet.clock.settle(fleet.clock.sleep(90_000));
    expect(await fleet.admit(inTime)).toMatchObject({ resumed: 1 });
    await fleet.invoke(fleet.messages());
    expect(fleet.countsOf("p-01")).toBe(3);
  });

  it("leaves one to another worker that has failed while a refusal was being found out about", async () => {
    let refused = 0;
    const fleet = await sendingFleet([waiting("p-00", 9, 1), waiting("p-01", 8, 8_000)], {
      through: (gradient) => ({
        ...gradient,
        setUnitCount: async (token, ...call) => {
          const answer = await gradient.setUnitCount(token, ...call);
          if (answer.kind === "token-rejected") refused += 1;
          return answer;
        },
      }),
      refusals: {
        confirm: async () => {
          throw new AppError("unavailable", "secrets.unavailable", "down");
        },
      },
    });
    while (await fleet.admitOne());
    const key = fleet.tokens.get("p-00");
    if (key) fleet.gradient.regenerateKey(key);
    // so that it is looked at first when its lease has ended
    const { get } = fleet.table;
    fleet.table.get = async (row) => {
      if (row.sk === "under-way") await fleet.clock.sleep(40_000);
      return get(row);
    };

    await fleet.invoke(fleet.messages());

    expect(fleet.countsOf("p-01")).toBe(8_000);
    expect(refused).toBe(1);
    fleet.table.get = get;
    // its place is as it was: another worker with room finds it there
    const { places } = await readAdmission(fleet.table);
    expect(places).toContainEqual(expect.objectContaining({ partnerId: "p-00", waitsSince: expect.any(String) }));
    await fleet.clock.settle(fleet.clock.sleep(90_000));
    expect(await fleet.admit(inTime)).toMatchObject({ resumed: 1 });
  });

  it("begins none with little time left: it leaves what it has to the next one, and wakes that for who waits", async () => {
    const fleet = await sendingFleet([waiting("p-00", 9, 3_000), waiting("p-01", 8)]);
    await fleet.admit(inTime);
    const [message] = fleet.messages().filter(({ partnerId }) => partnerId === "p-00");
    if (!message) throw new Error("no message");

    const ends = await fleet.invoke([message], 100_000);

    expect(ends.get(message)).toBe("handed-over");
    expect(isOver(await fleet.runOf(message))).toBe(false);
    expect(fleet.countsOf("p-01")).toBe(0);
    expect(fleet.messages().toSorted((a, b) => (a.partnerId < b.partnerId ? -1 : 1))).toMatchObject([
      { partnerId: "p-00", leg: 1 },
      { partnerId: "p-01", leg: 0 },
    ]);
  });

  it("wakes the next one for who waits when its time is nearly up, though it has taken on one after the other", async () => {
    const names = named(120);
    const fleet = await sendingFleet(names.map((id, place) => waiting(id, 5, 20 + ((place * 37) % 160))));
    await fleet.admit(inTime);

    await fleet.invoke(fleet.messages(), 140_000);

    const areLeft = names.filter((id) => fleet.countsOf(id) === 0);
    expect(areLeft.length).toBeGreaterThan(20);
    const [message, ...more] = fleet.messages();
    expect(areLeft).toContain(message?.partnerId);
    expect(more).toEqual([]);
  });
});

it("a worker that somebody waits for admits nothing", async () => {
  const fleet = await sendingFleet([{ id: "p-00", lines: 300 }, waiting("p-01")]);
  await fleet.start("p-00");

  await fleet.invoke(fleet.messages());

  expect(fleet.countsOf("p-00")).toBe(300);
  expect(fleet.countsOf("p-01")).toBe(0);
});
