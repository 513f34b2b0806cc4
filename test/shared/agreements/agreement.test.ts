import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { agreements, currentAgreement } from "#shared/agreements/agreement";

it.each(agreements)("of $version is hashed as it is shown, and asked for from its day on", (one) => {
  expect(one.sha256).toBe(createHash("sha256").update(one.markdown, "utf8").digest("hex"));
  expect(one.effectiveAt).toBe(`${one.version}T00:00:00.000Z`);
});

it("changes only together with its version: whoever edits a text gives it a new one", () => {
  expect(agreements.map(({ version, sha256 }) => [version, sha256])).toEqual([
    ["2026-11-01", "384cfe3ea67fdc15f8c0e2e260e65befa450af88cdecfbac4b86bc3c05cfb87e"],
    ["2026-11-26", "5d2f9cf18752790a0f1b2fdf062629a2c3b369be22b2a8442ff9b6270c76a403"],
  ]);
  expect(agreements.map(({ version }) => version)).toEqual(agreements.map(({ version }) => version).toSorted());
});

// what a partner is promised, and what it has to know before the first name and the first count go out
it.each([
  "names and hub ids of customers you bill",
  "units in use",
  "people's names or e-mail addresses",
  "prices",
  "customers on trial",
  "names at once; counts as soon as a customer and a service are mapped",
  "Approval** is yours, in Gradient",
  "can disconnect at any time",
])("tells %s", (words) => {
  expect(currentAgreement.markdown.replace(/\s+/g, " ")).toContain(words);
});

it("is read in half a minute", () => {
  expect(currentAgreement.markdown.split(/\s+/).filter((word) => /\w/.test(word)).length).toBeLessThan(130);
});
