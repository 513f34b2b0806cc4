import { expect, it } from "vitest";
import { lookAlikes } from "#functions/sync-accounts/look-alikes/look-alikes";
import { identifier } from "#shared/identifier";
import { itemBytes } from "#test/builders/item-size";
import { plurals } from "#test/builders/plurals";

const named = (...names: string[]) => names.map((name, index) => ({ id: `cust-${index + 1}`, name }));
const groupsOf = (...names: string[]) => lookAlikes(named(...names)).groups;

const written = "The names differ only in case, accents, punctuation, spaces or legal form.";
const umlaut = "The names differ only in how an umlaut is written (ü or ue).";
const saint = "The names differ only in how “Saint” is written (St. or in full).";
const and = "The names differ only in how “and” is written (& or a word).";
const spelled = "The names differ only in how an umlaut, “Saint” or “and” is written.";
const order = "The names differ only in the order of the words.";
const reordered = "The names differ only in the order of the words and how an umlaut, “Saint” or “and” is written.";
const plural = "The names differ only in singular or plural.";
const spelledPlural = "The names differ only in singular or plural and how an umlaut, “Saint” or “and” is written.";
const near = "The names differ by one letter.";

it.each([
  ["Northgate", "Northgate", "The names are the same."],
  ["---", "---", "The names are the same."],
  ["Northgate Logistics", "NORTHGATE LOGISTICS", written],
  ["Dvořák, s.r.o.", "Dvorak", written],
  ["Müller Bau", "Muller Bau", written],
  ["Łódź Media", "Lodz Media", written],
  ["Smith & Jones", "Smith, Jones", written],
  ["Müller Bau", "Mueller Bau GmbH", umlaut],
  ["MÜLLER-BAU", "Muellerbau", umlaut],
  ["Müller Soehne", "Mueller Söhne", umlaut],
  ["Ørsted Energy", "Oersted Energy", umlaut],
  ["St. Mary's School", "Saint Mary’s School", saint],
  ["St.Gallen Druck", "Sankt Gallen Druck", saint],
  ["Ste-Anne Textiles", "Sainte Anne Textiles", saint],
  ["Smith & Jones", "Smith and Jones", and],
  ["Strauß und Söhne", "Strauss & Söhne", and],
  ["Dupont et Fils", "Dupont & Fils", and],
  ["Pérez y Hijos", "Pérez & Hijos", and],
  ["Dvořák a syn", "Dvořák & syn", and],
  ["Dvořák a syn", "Dvořák und syn", and],
  ["Smith and Jones", "Smith + Jones", and],
  ["Müller und Söhne", "Mueller & Soehne", spelled],
  ["St. Mary and St. Paul", "Saint Mary & Saint Paul", spelled],
  ["Müller a syn", "Mueller & syn", spelled],
  ["Jan Novák", "NOVÁK, Jan", order],
  ["Harbour Dental Clinic", "Clinic Harbour Dental Ltd", order],
  ["3 Kings Inn", "Kings Inn 3", order],
  ["Smith & Jones", "Jones & Smith", order],
  ["Smith & Jones", "Jones and Smith", reordered],
  ["Bäckerei Müller", "Mueller, Baeckerei", reordered],
  ["Baxter Marine Supply Ltd.", "Baxter Marine Supplies Ltd", plural],
  ["Baxter Marine Supply", "BAXTER MARINE SUPPLIES LIMITED", plural],
  ["Coach Hire Agencies", "Coach Hires Agency", plural],
  ["Smith & Sons Bakeries", "Smith and Son Bakery", spelledPlural],
  ["Clearbrook Accountancy", "Clearbrock Accountancy", near],
  ["Clearbrook Accountancy", "CLEARBROCK ACCOUNTANCY LTD", near],
])("tells that %s and %s look alike", (a, b, why) => {
  const whatToDo = expect.stringContaining("If this is one company, leave out what is one too many before you map");
  const group = { customerIds: ["cust-1", "cust-3"], more: 0, why, whatToDo };

  expect(lookAlikes(named(a, "Somebody else", b))).toEqual({ groups: [group], more: 0 });
  expect(lookAlikes(named(b, "Somebody else", a))).toEqual({ groups: [group], more: 0 });
});

it.each(plurals)("tells that %s and %s are singular and plural", (one, several) => {
  expect(groupsOf(one, several)).toMatchObject([{ why: plural }]);
});

it.each([
  ["numbers of branches", "Branch office 1", "Branch office 2"],
  ["signs only", "---", "..."],
  ["a letter that may mean “and” or not", "Bar A Pub", "Bar Y Pub"],
  ["numbers in another order", "Site 1 Floor 2", "Site 2 Floor 1"],
  ["single letters in another order", "Team A Unit B", "Team B Unit A"],
  ["a word for “and” that joins nothing", "And Design", "& Design Studio"],
  ["an “s” that is a part of the word", "Gas Works", "Ga Works"],
  ["two “s” at the end", "Glass Works", "Glas Work"],
  ["an “es” of which only the “s” is more", "Open Hous", "Open Houses"],
  ["an “es” that is a part of a short word", "Yes Inn", "Y Inn"],
  ["a word more", "Harbour Dental", "Harbour Dental North"],
  ["a name of JavaScript's", "constructor", "__proto__"],
  ["more than 200 letters", `${"North ".repeat(40)}x`, `${"north ".repeat(40)}x`],
])("keeps names apart that differ in %s", (_, a, b) => {
  expect(groupsOf(a, b)).toEqual([]);
});

it("says of names that differ in the same and in more what tells most", () => {
  expect(groupsOf("Müller", "MÜLLER", "Mueller")).toMatchObject([{ why: umlaut }]);
  expect(groupsOf("Northgate", "Northgate", "NORTHGATE")).toMatchObject([{ why: written }]);
  expect(groupsOf("Müller", "Mueller", "Muller")).toMatchObject([{ why: umlaut }]);
});

it("says of a chain what its links are", () => {
  expect(groupsOf("Clearbrook One", "clearbrook one", "Clearbrock One", "Clearbroc One")).toMatchObject([
    {
      customerIds: ["cust-1", "cust-2", "cust-3", "cust-4"],
      why: "Each name differs from another one by one letter.",
    },
  ]);
  expect(groupsOf("Müller Logistik", "Mueller Logistik", "Logistik Mueller", "Logistic Mueller")).toMatchObject([
    {
      why: "Each name differs from another one only in how an umlaut is written (ü or ue), or in the order of the words, or in one letter.",
    },
  ]);
});

it("joins what may mean “and” where somebody writes it in full", () => {
  expect(groupsOf("Bar A Pub", "Bar Y Pub", "Bar & Pub")).toMatchObject([
    { customerIds: ["cust-1", "cust-2", "cust-3"], why: and },
  ]);
});

it("has the most alike first, in the order of the customers", () => {
  const names = ["Clearbrook One", "Clearbrock One", "Alder Inn", "ALDER INN", "Alder", "Birch", "Birch", "Alder"];

  expect(groupsOf(...names).map(({ customerIds }) => customerIds)).toEqual([
    ["cust-5", "cust-8"],
    ["cust-6", "cust-7"],
    ["cust-3", "cust-4"],
    ["cust-1", "cust-2"],
  ]);
});

it("shows 100 groups of six customers, and says how many more there are", () => {
  const names = Array.from({ length: 103 }, (_, group) => Array.from({ length: group + 2 }, () => `Branch ${group}`));
  const { groups, more } = lookAlikes(named(...names.flat()));

  expect(more).toBe(3);
  expect(groups.map((group) => group.customerIds.length + group.more)).toEqual(
    Array.from({ length: 100 }, (_, group) => group + 2),
  );
  expect(Math.max(...groups.map(({ customerIds }) => customerIds.length))).toBe(6);
});

it("fits into a row of 400 KB, however long the ids and the sentences are", () => {
  const customers = Array.from({ length: 1_000 }, (_, at) => ({
    // 128 characters of four bytes
    id: String.fromCodePoint(0x20000 + at).padEnd(256, "🏢"),
    name: `Branch ${at % 110}`,
  }));
  const { groups, more } = lookAlikes(customers);

  expect(identifier.safeParse(customers[0]?.id).success).toBe(true);
  expect(groups).toHaveLength(100);
  const longest = groups.map((group) => ({ ...group, why: "w".repeat(500), whatToDo: "w".repeat(200) }));
  const row = { pk: "partner#p", sk: "look-alikes", version: 1, groups: longest, more };
  expect(itemBytes(row)).toBeLessThan(400 * 1024);
});

it("has nothing to tell of no customers", () => {
  expect(lookAlikes([])).toEqual({ groups: [], more: 0 });
});
