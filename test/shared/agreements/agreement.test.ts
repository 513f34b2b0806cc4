import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { currentAgreement } from "#shared/agreements/agreement";

it("is hashed as it is shown", () => {
  expect(currentAgreement.sha256).toBe(createHash("sha256").update(currentAgreement.markdown, "utf8").digest("hex"));
});

it("changes only together with its version: whoever edits the text gives it a new one", () => {
  expect([currentAgreement.version, currentAgreement.sha256]).toEqual([
    "2026-11-01",
    "384cfe3ea67fdc15f8c0e2e260e65befa450af88cdecfbac4b86bc3c05cfb87e",
  ]);
});

it.each(["name", "units", "prices", "disconnect"])("tells what is shared, what is not, and how it ends: %s", (word) => {
  expect(currentAgreement.markdown).toContain(word);
});
