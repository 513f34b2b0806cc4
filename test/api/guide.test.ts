import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { type Described, problemsOf } from "#api/problems";
import { routes } from "#api/routes";
import { batchCodes } from "#shared/wire";

const guide = readFileSync(new URL("../../docs/hub-integration.md", import.meta.url), "utf8");

/** `status code` of what a page's tables name, as `409 token.in-use`; several codes may share a status. */
const toldIn = (text: string): string[] =>
  [...text.matchAll(/^\| (\d{3}(?: or \d{3})? `.*?) \|/gm)].flatMap(([, cell = ""]) => {
    let statuses: string[] = [];
    return [...cell.matchAll(/(\d{3}(?: or \d{3})?)|`([a-z.-]+)`/g)].flatMap(([, status, code]) => {
      if (status !== undefined) statuses = status.split(" or ");
      return code === undefined ? [] : statuses.map((each) => `${each} ${code}`);
    });
  });

const errors = guide.slice(guide.indexOf("\n## Errors\n"), guide.indexOf("\n## The webhook\n"));

const declared = new Set(
  routes.flatMap((described: Described) =>
    [...problemsOf(described)].flatMap(([status, codes]) => codes.map((code) => `${status} ${code}`)),
  ),
);

it("says of every problem that the API may answer what to do about it, and of no other", () => {
  expect(declared.size).toBeGreaterThan(30);
  expect([...new Set(toldIn(errors))].sort()).toEqual([...declared].sort());
});

it("says what to do about every code by which a batch refuses a record", () => {
  const table = guide.slice(guide.indexOf("**Codes in `rejected`**"), guide.indexOf("\n## The wizard\n"));
  const rows = [...table.matchAll(/^\| (`.*?) \|/gm)].map(([, cell = ""]) => cell).join(" ");
  const told = [...rows.matchAll(/`([a-z-]+\.[a-z-]+)`/g)].map(([, code]) => code);
  expect(told.sort()).toEqual([...batchCodes].sort());
});
