import { expect, it } from "vitest";
import { lookAlikes } from "#functions/sync-accounts/look-alikes/look-alikes";
import { seededRandom } from "#test/builders/seeded-random";
import { slowGroups, slowLikeness } from "./slow-look-alikes.ts";

/** What stands for one word, as different people write it; the last of them are other words. */
const wordings = [
  ["müller", "mueller", "muller", "MÜLLER", "Mu\u0308ller", "Mueller", "möller"],
  ["söhne", "soehne", "Sohne", "Söhne", "sons"],
  ["St.", "st", "saint", "Sankt", "ste"],
  ["&", "and", "und", "et", "+", "&", "and", "y", "a", "e", "-"],
  ["&", "and", "y", "a", ""],
  ["northgate", "North Gate", "north-gate", "Northgates", "nørthgate", "northgatt"],
  ["Paul's", "pauls", "Paul", "paula"],
  ["supply", "Supplies", "supplys", "SUPPLY", "supplier"],
  ["glass", "glasses", "Gas", "Gases"],
  ["church", "Churches", "house", "Houses", "hous", "axe", "axes", "ties"],
  ["1", "1", "2", "b", "constructor"],
  ["", "ltd", "GmbH", "& Co. KG", "s.r.o.", "and Co"],
];

/** Groups of names that are mostly alike, in one way or in several. */
const namesBy = (random: () => number) => {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const oneOf = (wording: string[], bold: number): string => (random() < bold ? pick(wording) : (wording[0] ?? ""));
  return (count: number): string[] => {
    const words = Array.from({ length: 1 + Math.floor(random() * 5) }, () => pick(wordings));
    const bold = random();
    return Array.from({ length: count }, () => {
      const name = words.map((wording) => oneOf(wording, bold));
      if (random() < 0.2) name.push(name.shift() ?? "");
      return name.join(random() < 0.95 ? " " : "") || "x";
    });
  };
};
const customersOf = (names: string[]) => names.map((name, place) => ({ id: `${place}`, name }));
const sorted = (groups: { customerIds: unknown[]; more: number }[]): string[] =>
  groups.map(({ customerIds, more }) => `${customerIds.join()} and ${more}`).sort();

/** How the sentence begins that tells of it. */
const sentences: Record<string, string> = {
  same: ": The names are the same.",
  case: ": The names differ only in case, accents",
  umlaut: ": The names differ only in how an umlaut is written (",
  saint: ": The names differ only in how “Saint” is written",
  and: ": The names differ only in how “and” is written",
  "umlaut, saint or and": ": The names differ only in how an umlaut, “Saint” or “and” is written",
  order: ": The names differ only in the order of the words.",
  "order, umlaut, saint or and": ": The names differ only in the order of the words and how",
  plural: ": The names differ only in singular or plural.",
  "plural, umlaut, saint or and": ": The names differ only in singular or plural and how",
  letter: ": The names differ by one letter.",
};

it("says of two names what comparing them in every way says", () => {
  const alike = namesBy(seededRandom(11));
  const seen = new Map<string | undefined, number>();
  for (let pair = 0; pair < 12_000; pair += 1) {
    const [a = "", b = ""] = alike(2);
    const likeness = slowLikeness(a, b);
    const { groups } = lookAlikes(customersOf([a, b]));
    expect({ a, b, found: groups.length }).toEqual({ a, b, found: likeness === undefined ? 0 : 1 });
    if (likeness !== undefined) expect(`${a} = ${b}: ${groups[0]?.why}`).toContain(sentences[likeness]);
    seen.set(likeness, (seen.get(likeness) ?? 0) + 1);
  }
  expect(new Set(seen.keys())).toEqual(new Set([undefined, ...Object.keys(sentences)]));
  expect(Math.min(...seen.values())).toBeGreaterThan(20);
});

it("finds the groups that comparing each name with each finds, in whatever order they come", () => {
  const random = seededRandom(12);
  const alike = namesBy(random);
  for (let round = 0; round < 60; round += 1) {
    const names = [alike(8), alike(8), alike(8)].flat();
    const found = lookAlikes(customersOf(names));
    const expected = slowGroups(names).map((group) => ({
      customerIds: group.slice(0, 6),
      more: Math.max(0, group.length - 6),
    }));
    expect(sorted(found.groups)).toEqual(sorted(expected));

    const order = [...names.keys()].map((place) => ({ place, at: random() })).sort((a, b) => a.at - b.at);
    const shuffled = lookAlikes(order.map(({ place }) => ({ id: `${place}`, name: names[place] ?? "" })));
    expect(shuffled.groups.map(({ why, more }) => `${why} ${more}`).sort()).toEqual(
      found.groups.map(({ why, more }) => `${why} ${more}`).sort(),
    );
  }
});
