import { describe, expect, it } from "vitest";
import { addLeftOver, isKeptBack } from "#shared/exports/left-over";
import { nothingLeft } from "#shared/exports/usage-export";
import { stopVerdict, verdicts } from "#shared/exports/verdicts";
import { minutesAfter } from "#test/builders/time";
import { aReceipt } from "#test/builders/usage-export";

const landsUntil = minutesAfter(5);
const formerly = "Gradient did not answer, several times over.";
const leftBy = (reason: string | null) =>
  addLeftOver(nothingLeft, [aReceipt({ outcome: "deferred", reason })], landsUntil);

describe("what a run leaves over", () => {
  it.each([verdicts.noAnswer.reason, formerly, verdicts.noAnswerBeforeStop.reason])(
    "may still land where nobody has heard an answer: %s",
    (reason) => {
      expect(leftBy(reason)).toEqual({ ...nothingLeft, lines: 1, isUnanswered: true, doubtUntil: landsUntil });
    },
  );

  it.each([verdicts.throttled.reason, verdicts.untried.reason])("cannot land where no call was taken: %s", (reason) => {
    expect(leftBy(reason)).toEqual({ ...nothingLeft, lines: 1 });
  });

  it.each([verdicts.noService.reason, verdicts.notMeasured.reason, verdicts.dryRun.reason])(
    "is nothing where it waits for something else: %s",
    (reason) => {
      expect(leftBy(reason)).toEqual(nothingLeft);
    },
  );
});

describe("a receipt whose line the ledger does not tell", () => {
  const isKept = (reason: string | null) => isKeptBack(aReceipt({ outcome: "deferred", reason }));

  it("is one that a stop kept back, and none that was tried", () => {
    expect(isKept(stopVerdict("cancelled").reason)).toBe(true);
    for (const reason of [verdicts.noAnswer.reason, formerly, verdicts.untried.reason])
      expect(isKept(reason)).toBe(false);
  });
});
