import { describe, expect, it } from "vitest";
import { type Spare, sendHalving } from "#functions/sync-accounts/send-halving";
import { AppError } from "#shared/errors";
import { customersNamed } from "#test/builders/connected-world";

const refusal = () => new AppError("upstream", "gradient.refused", "Gradient refused the call with status 400: bad");
const conflict = () => new AppError("conflict", "gradient.conflict", "Gradient has that already: exists");

const down = () => new AppError("unavailable", "gradient.unavailable", "down");
const spareOf = (calls: number): Spare => ({ calls, hasTime: () => true });
const first = { failures: 0, isKnown: () => false };

interface Side {
  fails?: string[];
  failsOnMore?: number;
  failures?: number;
  known?: string[];
  refuses?: string[];
  has?: string[];
  takesLists?: boolean;
  perCall?: number;
}

/** Sends so many accounts to a Gradient that refuses some, has some, or takes no lists. */
const play = async (
  count: number,
  {
    refuses = [],
    has = [],
    takesLists = true,
    perCall = 500,
    fails = [],
    failsOnMore = Number.POSITIVE_INFINITY,
    failures = 0,
    known = [],
  }: Side,
  spare?: Spare,
) => {
  const bad = new Set(refuses);
  const there = new Set(has);
  const taken: string[] = [];
  let calls = 0;
  const budget = spare ?? spareOf(40);
  const halved = await sendHalving({
    items: customersNamed(count).map((id) => ({ id })),
    perCall,
    send: async (some) => {
      calls += 1;
      if (!takesLists && some.length > 1) throw refusal();
      if (some.length > failsOnMore || some.some(({ id }) => fails.includes(id))) throw down();
      if (some.some(({ id }) => there.has(id))) throw conflict();
      if (some.some(({ id }) => bad.has(id))) throw refusal();
      for (const { id } of some) there.add(id);
      taken.push(...some.map(({ id }) => id));
    },
    readAgain: async () => {
      calls += 1;
      return there;
    },
    spare: budget,
    failures,
    isKnown: ({ id }) => known.includes(id),
  });
  return { ...halved, taken, calls, left: budget.calls };
};

describe("accounts that Gradient takes", () => {
  it("go in as few calls as it allows", async () => {
    expect(await play(2_000, {})).toMatchObject({ calls: 4, done: 2_000, left: 40 });
    expect(await play(0, {})).toMatchObject({ calls: 0, done: 0 });
  });
});

describe("accounts that Gradient refuses", () => {
  it.each([0, 1, 249, 250, 499])("are found in a few calls, and keep no other out: number %i", async (at) => {
    const found = await play(500, { refuses: [`c${at}`] });

    expect([...found.refused]).toEqual([[`c${at}`, expect.stringContaining("bad")]]);
    expect(found.taken).toHaveLength(499);
    expect(found.calls).toBeLessThanOrEqual(1 + 18);
  });

  it("are among 2,000 found in far fewer calls than one each", async () => {
    const found = await play(2_000, { refuses: ["c7", "c1999"] });

    expect([...found.refused.keys()]).toEqual(["c7", "c1999"]);
    expect(found.calls).toBeLessThanOrEqual(4 + 36);
  });

  it("and are too many for one look are left to the next, in 40 calls more at most", async () => {
    const refuses = customersNamed(500).filter((_, index) => index % 10 === 0);
    const found = await play(500, { refuses });

    expect(found.calls).toBeLessThanOrEqual(41);
    expect(found.refused.size + found.unsent.size + found.done).toBe(500);
    expect(found.unsent.size).toBeGreaterThan(0);
  });

  it("do not keep other calls' accounts waiting when no spare calls are left", async () => {
    const found = await play(1_000, { refuses: ["c1"] }, spareOf(0));

    expect(found.done).toBe(500);
    expect(found.unsent.size).toBe(500);
  });
});

describe("accounts that are there already", () => {
  it("are found by reading again, once, and the others are created", async () => {
    const found = await play(500, { has: customersNamed(300) });

    expect(found).toMatchObject({ calls: 3, done: 200 });
    expect(found.existed.size).toBe(300);
    expect(found.refused.size).toBe(0);
  });

  it("are refused where reading again does not show them", async () => {
    const answers = [conflict(), conflict()];
    const halved = await sendHalving({
      items: [{ id: "a" }],
      perCall: 500,
      send: async () => {
        throw answers.shift();
      },
      readAgain: async () => new Set<string>(),
      spare: spareOf(40),
      ...first,
    });

    expect([...halved.refused]).toEqual([["a", expect.stringContaining("exists")]]);
  });

  it("are no success where a conflict cannot mean that", async () => {
    const halved = await sendHalving({
      items: [{ id: "a" }],
      perCall: 500,
      send: async () => {
        throw conflict();
      },
      spare: spareOf(40),
      ...first,
    });

    expect(halved).toMatchObject({ done: 0, refused: new Map([["a", expect.any(String)]]) });
  });
});

describe("where Gradient takes no lists", () => {
  it("each goes alone once that is found out", async () => {
    const found = await play(20, { takesLists: false });

    expect(found.taken).toEqual(customersNamed(20));
    expect(found.calls).toBeLessThanOrEqual(1 + 4 + 20);
  });

  it("what 40 calls do not reach is left to the next look", async () => {
    const found = await play(500, { takesLists: false });

    expect(found.calls).toBe(41);
    expect(found.taken.length).toBeGreaterThanOrEqual(30);
    expect(found.unsent.size).toBe(500 - found.taken.length);
  });
});

describe("accounts that Gradient fails on", () => {
  it("throw at the first look: it may be a bad moment", async () => {
    await expect(play(3, { fails: ["c1"] })).rejects.toMatchObject({ code: "gradient.unavailable" });
  });

  it.each([0, 1, 250, 499])("are found by the next one, and keep no other out: number %i", async (at) => {
    const found = await play(500, { fails: [`c${at}`], failures: 1 });

    expect([...found.refused]).toEqual([[`c${at}`, expect.stringContaining("fails")]]);
    expect(found.taken).toHaveLength(499);
  });

  it("are tried again for themselves once they were refused", async () => {
    expect([...(await play(3, { fails: ["c1"], known: ["c1"] })).refused.keys()]).toEqual(["c1"]);
    expect([...(await play(1, { fails: ["c0"], known: ["c0"] })).refused.keys()]).toEqual(["c0"]);
  });

  it("are none that are told from others while it takes nothing, and that costs few calls", async () => {
    let calls = 0;
    const send = async () => {
      calls += 1;
      throw down();
    };
    const items = customersNamed(2_000).map((id) => ({ id }));
    for (const failures of [1, 2, 5, 7]) {
      calls = 0;
      const sending = sendHalving({ items, perCall: 500, send, spare: spareOf(40), failures, isKnown: () => false });
      await expect(sending).rejects.toMatchObject({ code: "gradient.unavailable" });
      expect(calls).toBeLessThanOrEqual(8);
    }
    const alone = sendHalving({
      items: items.slice(0, 1),
      perCall: 500,
      send,
      spare: spareOf(40),
      failures: 7,
      isKnown: () => false,
    });
    await expect(alone).rejects.toMatchObject({ code: "gradient.unavailable" });
  });

  it("are put off after hours, also where it takes nothing else", async () => {
    expect([...(await play(1, { fails: ["c0"], failures: 8 })).refused.keys()]).toEqual(["c0"]);
  });

  it("are no more than the time allows, and others have their accounts by then", async () => {
    let left = 4;
    const spare: Spare = { calls: 40, hasTime: () => left-- > 0 };
    const found = await play(500, { fails: ["c0"], failures: 1 }, spare);

    expect(found.taken.length).toBeGreaterThan(300);
    expect(found.unsent).toContain("c0");
    expect(found.refused.size).toBe(0);
  });

  it("for the length of the list are sent in shorter ones", async () => {
    const found = await play(600, { failsOnMore: 200, failures: 1 });

    expect(found.taken).toHaveLength(600);
    expect(found.refused.size).toBe(0);
  });

  it("for a list that is far too long are sent in ever shorter ones with each look that fails", async () => {
    await expect(play(5_000, { failsOnMore: 30, failures: 1 })).rejects.toMatchObject({ code: "gradient.unavailable" });
    const found = await play(5_000, { failsOnMore: 30, failures: 5 });

    expect(found.taken.length).toBeGreaterThanOrEqual(40 * 15);
    expect(found.refused.size).toBe(0);
  });

  it("and that were taken all the same are found by reading again", async () => {
    const there = new Set<string>();
    const halved = await sendHalving({
      items: [{ id: "a" }, { id: "b" }],
      perCall: 500,
      send: async (some) => {
        for (const { id } of some) there.add(id);
        throw down();
      },
      readAgain: async () => there,
      spare: spareOf(40),
      failures: 1,
      isKnown: () => false,
    });

    expect([...halved.existed]).toEqual(["a", "b"]);
    expect(halved.refused.size).toBe(0);
  });
});

it("throws whatever is neither", async () => {
  const throttled = new AppError("unavailable", "gradient.throttled", "slower");
  const sending = sendHalving({
    items: [{ id: "a" }],
    perCall: 500,
    send: async () => {
      throw throttled;
    },
    spare: spareOf(40),
    failures: 3,
    isKnown: () => true,
  });

  await expect(sending).rejects.toBe(throttled);
});
