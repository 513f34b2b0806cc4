import { describe, expect, it } from "vitest";
import { parseCsv } from "#local/sample/csv";

describe("parseCsv", () => {
  it("reads one record per row under the header's names", () => {
    expect(parseCsv("id,name\n1,Ada\n2,Grace\n")).toEqual([
      { id: "1", name: "Ada" },
      { id: "2", name: "Grace" },
    ]);
  });

  it("keeps commas, doubled quotes and line breaks inside quotes", () => {
    expect(parseCsv('id,name\n1,"Dvořák, s.r.o."\n2,"Café ""Zum Anker"""\n3,"two\nlines"\n')).toEqual([
      { id: "1", name: "Dvořák, s.r.o." },
      { id: "2", name: 'Café "Zum Anker"' },
      { id: "3", name: "two\nlines" },
    ]);
  });

  it("bears a byte order mark, Windows line ends, an empty last field and no last line break", () => {
    expect(parseCsv("\ufeffid,name\r\n1,\r\n2,O'Rourke")).toEqual([
      { id: "1", name: "" },
      { id: "2", name: "O'Rourke" },
    ]);
  });

  it("reads an empty file as no records", () => {
    expect(parseCsv("")).toEqual([]);
    expect(parseCsv("id,name\n")).toEqual([]);
  });

  it.each([
    ["a quote inside a bare field", 'id,name\n1,5" disk\n', "Line 2: a quote is missing"],
    ["text after a closing quote", 'id,name\n1,"Ada" L.\n', "Line 2: a quote is missing"],
    ["a quote that is never closed", 'id,name\n1,Ada\n2,"Grace\n', "Line 3: a quote is missing"],
    ["a row that is too short", "id,name\n1\n", "Line 2: 1 fields where the header has 2"],
    ["a row that is too long", 'id,name\n1,"a\nb"\n2,b,c\n', "Line 4: 3 fields where the header has 2"],
    ["a column named twice", "id,id\n1,2\n", "Line 1: two columns have the same name"],
  ])("refuses %s and names the line", (_, text, message) => {
    expect(() => parseCsv(text)).toThrow(message);
  });
});
