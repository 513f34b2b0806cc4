import { AppError, InfrastructureFault } from "#shared/errors";
import type { Counted, DueKey, Expectation, Item, Key, Query, Table, Write } from "#shared/table/table";
import type { Random } from "#test/simulation/world/random";

/** Runs one command on both tables; answers what differs, or nothing. */
export type Command = (real: Table, fake: Table) => Promise<string | undefined>;

// No two that differ in case only: dynoxide 1.2.1 takes begins_with for blind to case, DynamoDB does not.
const sks = [
  "a",
  "a#1",
  "a#10",
  "a#2",
  "a#ä",
  "a#z",
  "a#é",
  "a#e\u0301",
  "a#日本",
  "a#\ufffd",
  "a#\ud83c",
  "a#😀",
  "b#1",
  "~",
] as const;
const dueTimes = ["2026-11-22T10:00:00.000Z", "2026-11-22T10:00:00.001Z", "2026-11-22T11:00:00.000Z"] as const;

/** What came of it: a value, or the code or kind of the failure. */
const outcome = async (run: Promise<unknown>): Promise<unknown> => {
  try {
    return { value: await run };
  } catch (error) {
    if (error instanceof AppError) return { failed: error.code };
    if (error instanceof InfrastructureFault) return { failed: error.name };
    throw error;
  }
};

const plain = (value: unknown): string =>
  JSON.stringify(value, (_key, its: unknown) => {
    if (its instanceof Uint8Array) return { bytes: Buffer.from(its).toString("hex") };
    if (typeof its !== "object" || its === null || Array.isArray(its)) return its;
    return Object.fromEntries(Object.entries(its).sort(([a], [b]) => (a < b ? -1 : 1)));
  });

const difference = (what: unknown, real: unknown, fake: unknown): string | undefined =>
  plain(real) === plain(fake) ? undefined : `${plain(what)}: really ${plain(real)}, in memory ${plain(fake)}`;

const byKey = (a: Key, b: Key) => (`${a.pk}|${a.sk}` < `${b.pk}|${b.sk}` ? -1 : 1);

/** Random commands over a few keys of one name space, so that they meet each other's rows. */
export const commandsOf = (random: Random, space: string): (() => Command) => {
  const kind = `kind-${space}`;
  const aKey = (): Key => ({ pk: `${space}#${random.below(3)}`, sk: random.pick(sks) });
  const expectation = (): Expectation | undefined => random.pick([undefined, "absent", 1, 2, 3]);
  const aValue = () =>
    random.pick<unknown>([
      null,
      undefined,
      true,
      "",
      "text ä 😀",
      "half a character \ud83c",
      { deep: ["\udf00"] },
      0,
      -1.5,
      9_999_999_999,
      [],
      [1, null, "x", { deep: [undefined === null, {}] }],
      { a: { b: undefined, c: [] } },
      new Uint8Array([0, 255, 7]),
    ]);
  const anItem = (): Item => ({
    ...aKey(),
    version: 1 + random.below(3),
    value: aValue(),
    ...(random.chance(0.5) ? { dueKind: kind, dueAt: random.pick(dueTimes) } : {}),
  });
  const aWrite = (): Write => {
    const expect = expectation();
    const form = random.below(4);
    if (form === 0) return { check: aKey(), expect: expect ?? "absent" };
    if (form === 1) return { delete: aKey(), ...(expect === undefined ? {} : { expect }) };
    return { put: anItem(), ...(expect === undefined ? {} : { expect }) };
  };
  const same =
    (what: unknown, run: (table: Table) => Promise<unknown>): Command =>
    async (real, fake) => {
      const [its, ours] = await Promise.all([outcome(run(real)), outcome(run(fake))]);
      return difference(what, its, ours);
    };

  const query = (): Command => {
    const prefix = random.pick(["", "", "a", "a#", "a#1", "b", "c"]);
    const starts = sks.filter((sk) => sk.startsWith(prefix));
    const base: Query = {
      pk: aKey().pk,
      prefix,
      descending: random.chance(0.5),
      ...(random.chance(0.3) && starts[0] ? { after: random.pick([starts[0], ...starts]) } : {}),
    };
    const limit = random.pick([undefined, 1, 2, 5]);
    const once: Query = { ...base, ...(limit === undefined ? {} : { limit }) };
    return async (real, fake) => {
      const [its, ours] = await Promise.all([real.query(once), fake.query(once)]);
      if (its.next !== ours.next) {
        // both may say that more follows although nothing does: then the next page has to be empty
        const ahead = its.next ?? ours.next ?? "";
        const rest = await (its.next === null ? fake : real).query({ ...once, after: ahead });
        if (rest.items.length > 0 || (its.next !== null && ours.next !== null)) return difference(once, its, ours);
      }
      return difference(once, its.items, ours.items);
    };
  };
  const due = (): Command => {
    const until = random.pick(dueTimes);
    const limit = random.pick([1, 3, 100]);
    const all = async (table: Table): Promise<DueKey[]> => {
      const found: DueKey[] = [];
      let after: DueKey | undefined;
      for (;;) {
        const page = await table.due({ kind, until, limit, ...(after ? { after } : {}) });
        found.push(...page.keys);
        if (page.next === null) return found;
        after = page.next;
      }
    };
    return async (real, fake) => {
      const [its, ours] = await Promise.all([all(real), all(fake)]);
      const times = its.map(({ dueAt }) => dueAt);
      if (plain(times) !== plain(times.toSorted())) return "the index answers out of order";
      // the order of equal times is the index's own affair
      return difference({ due: until, limit }, its.sort(byKey), ours.sort(byKey));
    };
  };

  return () => {
    const form = random.below(20);
    const expect = expectation();
    if (form < 3) {
      const key = aKey();
      return same({ get: key }, (table) => table.get(key));
    }
    if (form < 4) {
      const keys = Array.from({ length: 1 + random.below(8) }, aKey);
      return same({ getMany: keys }, async (table) => (await table.getMany(keys)).sort(byKey));
    }
    if (form < 10) {
      const item = anItem();
      return same({ put: item, expect }, (table) => table.put(item, expect));
    }
    if (form < 12) {
      const key = aKey();
      return same({ delete: key, expect }, (table) => table.delete(key, expect));
    }
    if (form < 15) {
      const writes = Array.from({ length: 1 + random.below(4) }, aWrite);
      return same({ transact: writes }, (table) => table.transact(writes));
    }
    if (form < 16) {
      const where = random.pick<Counted["where"]>([
        { value: "something" },
        { value: "nothing" },
        { value: "nothing", dueAt: "something" },
      ]);
      const rows: Counted = { pk: aKey().pk, prefix: random.pick(["a", "a#", "b", "c"]), where };
      return same({ count: rows }, (table) => table.count(rows));
    }
    return form < 18 ? query() : due();
  };
};
