import { expect, it } from "vitest";
import { stopVerdict } from "#shared/exports/verdicts";

it("says of a stop by a 403 what is true of one partner's refusal, and of everybody's", () => {
  expect(stopVerdict("gradient-refuses").reason).toBe(
    "Gradient refuses the calls for your organization for the moment, so the run stopped.",
  );
});
