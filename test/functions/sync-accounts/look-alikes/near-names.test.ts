import { expect, it } from "vitest";
import { nearNames } from "#functions/sync-accounts/look-alikes/near-names";
import { seededRandom } from "#test/builders/seeded-random";

const linksOf = (names: string[]): [number, number][] => {
  const links: [number, number][] = [];
  nearNames(names, (place, other) => links.push([place, other]));
  return links;
};
const nearBy = (...names: string[]) => linksOf(names).map(([a, b]) => [names[a], names[b]].sort());

it.each([
  ["another letter", "northgate", "northgade"],
  ["another first letter", "northgate", "morthgate"],
  ["another last letter", "northgate", "northgata"],
  ["one letter less", "northgate", "norhgate"],
  ["one letter less at the end", "northgates", "northgate"],
  ["one letter less at the beginning", "northgate", "anorthgate"],
  ["a letter that is doubled", "northgate", "norrthgate"],
])("links names with %s", (_, a, b) => {
  expect(nearBy(a, b)).toContainEqual([a, b].sort());
});

it.each([
  ["two other letters", "northgate", "nordhgade"],
  ["two letters less", "northgate", "northga"],
  ["two letters that changed places", "northgate", "nortghate"],
  ["one letter that moved", "northgate", "orthgaten"],
  ["another digit", "branchoffice12", "branchoffice13"],
  ["one digit more", "branchoffice1", "branchoffice12"],
  ["a digit for a letter", "branchoffice1", "branchofficea"],
  ["fewer than eight letters", "seventy", "seventi"],
  ["eight signs of which seven are letters", "seventy1", "seventi1"],
  ["more letters than a name has", "n".repeat(201), `m${"n".repeat(200)}`],
])("links no names with %s", (_, a, b) => {
  expect(nearBy(a, b)).toEqual([]);
});

it("agrees with comparing each name with each other", () => {
  const letters = ["a", "b", "a", "b", "a", "b", "é", "1"];
  const random = seededRandom(7);
  const below = (limit: number): number => Math.floor(random() * limit);
  const names = [
    ...new Set(
      Array.from({ length: 400 }, () =>
        Array.from({ length: 8 + below(2) }, () => letters[below(letters.length)]).join(""),
      ),
    ),
  ];
  const isNear = (a: string, b: string): boolean => {
    const without = (name: string) =>
      [...name].flatMap((letter, at) =>
        letter === "1" ? [] : [[at, name.slice(0, at) + name.slice(at + 1)] as const],
      );
    if (Math.min(a.replaceAll("1", "").length, b.replaceAll("1", "").length) < 8) return false;
    if (a.length === b.length) {
      return without(a).some(([at, rest]) => without(b).some(([other, same]) => at === other && rest === same));
    }
    const [shorter, longer] = a.length < b.length ? [a, b] : [b, a];
    return without(longer).some(([, rest]) => rest === shorter);
  };
  const groupsOf = (pairs: [number, number][]): string => {
    const group = names.map((_, place) => place);
    for (const [a, b] of pairs) {
      const [from, to] = [group[a], group[b]];
      for (const [place, its] of group.entries()) if (its === from) group[place] = to ?? 0;
    }
    return JSON.stringify(names.map((_, place) => group.indexOf(group[place] ?? 0)));
  };
  const all = names.flatMap((a, i) =>
    names.flatMap((b, j): [number, number][] => (i < j && isNear(a, b) ? [[i, j]] : [])),
  );

  const found = linksOf(names);

  expect(all.length).toBeGreaterThan(20);
  expect(found.every(([a, b]) => isNear(names[a] ?? "", names[b] ?? ""))).toBe(true);
  expect(groupsOf(found)).toBe(groupsOf(all));
});

it("leaves out what comes after a million letters", () => {
  const names = Array.from({ length: 5_300 }, (_, index) => `${index}`.padStart(200, "northgate"));
  const last = `${names.at(-1)}`.replace("n", "m");

  expect(linksOf([...names.slice(-1), last])).toEqual([[0, 1]]);
  expect(linksOf([...names, last])).toEqual([]);
});
