import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { currentAgreement } from "#shared/agreements/agreement";

it("is hashed as it is shown", () => {
  expect(currentAgreement.sha256).toBe(createHash("sha256").update(currentAgreement.markdown, "utf8").digest("hex"));
});

it("changes only together with its version: whoever edits the text gives it a new one", () => {
  expect([currentAgreement.version, currentAgreement.sha256]).toEqual([
    "2026-11-01",
    "b01c9d77729371c1b4c3d5d1d3ad6c39f5e0dd30a606e6d1ad17d6c14326540a",
  ]);
});

it.each(["name", "units", "prices", "disconnect"])("tells what is shared, what is not, and how it ends: %s", (word) => {
  expect(currentAgreement.markdown).toContain(word);
});
