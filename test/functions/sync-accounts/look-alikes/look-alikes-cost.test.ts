import { beforeAll, describe, expect, it } from "vitest";
import { lookAlikes } from "#functions/sync-accounts/look-alikes/look-alikes";
import { collidingNames } from "#test/builders/colliding-names";
import { seededRandom } from "#test/builders/seeded-random";

const random = seededRandom(182);
const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? "";
const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));
const letters = [..."abcdefghijklmnopqrstuvwxyz"];
const wordOf = (length: number, from: readonly string[] = letters): string => times(length, () => pick(from)).join("");

const ordinaryNames = (count: number): string[] => {
  const syllables = "ba be ko lo mar net nor ost pal qui ra sol tan ter ul ver zen dor gate field ham ton brook".split(
    " ",
  );
  const word = () => times(2 + Math.floor(random() * 3), () => pick(syllables)).join("");
  return times(count, () => `${word()} ${pick(["& ", "", ""])}${word()} ${pick(["Ltd", "GmbH", "s.r.o.", "", ""])}`);
};

const hardNames: [string, () => string[]][] = [
  ["all have one hash", () => collidingNames(2_000, random)],
  ["are near one another", () => times(2_000, (at) => `${"northgate".repeat(20)}${String.fromCodePoint(0x4e00 + at)}`)],
  [
    "are near others in many places",
    () =>
      times(2_000, (at) =>
        [..."a".repeat(182)]
          .with(at % 182, "b")
          .with(Math.floor(at / 182) * 7, "c")
          .join(""),
      ),
  ],
  ["are made of two letters", () => times(2_000, () => wordOf(182, ["a", "b"]))],
  ["have 90 words of one letter", () => times(2_000, () => times(90, () => pick(["a", "e", "i", "y"])).join(" "))],
  [
    "have 20 words to put in order",
    () => times(2_000, () => times(20, () => pick(["äbcdef", "bcdefg", "st", "a"])).join(" ")),
  ],
  ["have nothing but umlauts", () => times(2_000, (at) => `${"ü".repeat(90)}${at}`)],
  ["end with 60 legal forms", () => times(2_000, (at) => `Branch ${at} ${"co ".repeat(60)}`)],
  ["are full of accents", () => times(2_000, (at) => `a${"\u0301\u0323".repeat(90)}${at}`)],
  ["are full of points", () => times(2_000, (at) => `${"st.".repeat(60)}${at}`)],
  ["have characters that come apart into 18", () => times(2_000, (at) => `${"\uFDFA".repeat(500)}${at}`)],
  ["have 512 letters", () => times(2_000, () => wordOf(512, ["ä", "b", " "]))],
];

/** In milliseconds of this process alone. The better of two, as the first is not compiled yet. */
const cpuMsOf = (names: string[]): number => {
  const customers = names.map((name, at) => ({ id: `cust-${at}`, name }));
  const runs = times(2, () => {
    const before = process.cpuUsage();
    lookAlikes(customers);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...runs);
};
const lettersIn = (names: string[]): number => names.reduce((sum, name) => sum + name.length, 0);

describe("the cost of finding look-alikes", () => {
  const ordinary = ordinaryNames(20_000);
  let ordinaryMs = 0;
  beforeAll(() => {
    ordinaryMs = cpuMsOf(ordinary);
  });

  it("is that of a blink for 20,000 customers", () => {
    // half a second, and a lot of room for a slow machine; each compared with each takes minutes
    expect(ordinaryMs).toBeLessThan(4_000);
  });

  it.each(hardNames)("is no more for each letter where the names %s", (_, namesOf) => {
    const names = namesOf();

    // measured: 0.1 to 0.8 of it. With one hash for all it was fifty times as much while names were found by a hash
    expect(cpuMsOf(names) / lettersIn(names)).toBeLessThan((3 * ordinaryMs) / lettersIn(ordinary));
  });
});
