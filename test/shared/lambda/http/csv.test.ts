import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { Described } from "#api/problems";
import { routes } from "#api/routes";
import { prefersCsv, toCsv } from "#shared/lambda/http/csv";

const csv = { name: "usage", columns: ["name", "last.count", "details"] };

it("is UTF-8 with its mark, a heading row, and CRLF", () => {
  const text = toCsv(csv, [
    { name: "Řeznictví Dvořák", last: { count: 7 }, details: { a: 1 } },
    { name: "b", last: null },
  ]);

  expect(text).toBe('\uFEFFname,last.count,details\r\nŘeznictví Dvořák,7,"{""a"":1}"\r\nb,,\r\n');
});

it.each([
  ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
  ["+1", "'+1"],
  ["-1", "'-1"],
  ["@sum", "'@sum"],
  ["\tx", "'\tx"],
  ["\rx", `"'\rx"`],
  ['say "hello",\r\nplease', '"say ""hello"",\r\nplease"'],
])("makes %j harmless, and readable", (name, cell) => {
  expect(toCsv({ name: "x", columns: ["name"] }, [{ name }])).toBe(`\uFEFFname\r\n${cell}\r\n`);
});

it("leaves numbers as they are", () => {
  expect(toCsv({ name: "x", columns: ["n"] }, [{ n: -1 }])).toBe("\uFEFFn\r\n-1\r\n");
});

it.each<[string | undefined, boolean]>([
  ["text/csv", true],
  ["Text/CSV; charset=utf-8", true],
  ["text/csv, application/json;q=0.9", true],
  ["application/json, text/csv;q=0.9", false],
  ["text/csv;q=0", false],
  ["*/*", false],
  [undefined, false],
])("is what %j asks for: %s", (accept, preferred) => {
  expect(prefersCsv(accept)).toBe(preferred);
});

/** `a.b` for each member that holds no members of its own. */
const leavesOf = (schema: unknown, path: string[] = []): string[] => {
  const inner = schema instanceof z.ZodNullable ? schema.unwrap() : schema;
  if (!(inner instanceof z.ZodObject)) return [path.join(".")];
  return Object.entries(inner.shape).flatMap(([name, member]) => leavesOf(member, [...path, name]));
};

describe("the columns of", () => {
  const lists = (routes as readonly Described[]).filter(({ route }) => route.csv);

  it("four lists are known", () => expect(lists).toHaveLength(4));

  it.each(lists.map((described) => [described.route.path, described] as const))(
    "%s are the JSON's",
    (_, { route, docs }) => {
      const page = docs().replies[200]?.body;
      if (!(page instanceof z.ZodObject)) throw new Error("This is no page.");
      const items = page.shape.items;
      if (!(items instanceof z.ZodArray)) throw new Error("This is no list.");
      expect(route.csv?.columns).toEqual(leavesOf(items.element));
    },
  );
});
