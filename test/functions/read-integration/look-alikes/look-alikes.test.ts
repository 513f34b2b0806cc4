import { expect, it } from "vitest";
import { lookAlikes } from "#functions/read-integration/look-alikes/look-alikes";

const named = (...names: string[]) => names.map((name, index) => ({ id: `cust-${index + 1}`, name }));

it.each([
  ["the same name", "Northgate", "Northgate", "The names are the same."],
  [
    "another case",
    "Northgate Logistics",
    "NORTHGATE LOGISTICS",
    "The names differ only in case, accents, punctuation, spaces or legal form.",
  ],
  [
    "another legal form",
    "Dvořák, s.r.o.",
    "Dvorak",
    "The names differ only in case, accents, punctuation, spaces or legal form.",
  ],
  ["one letter", "Clearbrook Accountancy", "Clearbrock Accountancy", "The names differ by one letter."],
  [
    "one letter and the case",
    "Clearbrook Accountancy",
    "CLEARBROCK ACCOUNTANCY LTD",
    "The names differ by one letter.",
  ],
])("tells of two customers with %s", (_, a, b, why) => {
  expect(lookAlikes(named(a, "Somebody else", b))).toEqual([{ customerIds: ["cust-1", "cust-3"], why }]);
});

it("tells of many in one group", () => {
  const customers = named(
    "Clearbrook One",
    "clearbrook one",
    "Clearbrock One",
    "Clearbroc One",
    "Northgate",
    "NORTHGATE",
  );

  expect(lookAlikes(customers)).toEqual([
    { customerIds: ["cust-1", "cust-2", "cust-3", "cust-4"], why: "Each name differs from another one by one letter." },
    {
      customerIds: ["cust-5", "cust-6"],
      why: "The names differ only in case, accents, punctuation, spaces or legal form.",
    },
  ]);
});

it("keeps branches apart that have a number each, and names without a letter", () => {
  expect(lookAlikes(named("Branch office 1", "Branch office 2", "---", "..."))).toEqual([]);
});

it("has nothing to tell of no customers", () => {
  expect(lookAlikes([])).toEqual([]);
});
