import { describe, expect, it } from "vitest";
import { decide, entryAfter, entryWithout, verdictOf } from "#functions/export-usage/send/line-decision";
import { verdicts } from "#shared/exports/verdicts";
import type { CountAnswer } from "#shared/gradient/gradient-api";
import { landsWithinMs } from "#shared/gradient/lost-calls";
import type { LedgerEntry } from "#shared/usage/ledger";

const now = Date.parse("2026-11-22T10:00:00.000Z");
const inMs = (ms: number) => new Date(now + ms).toISOString();
const anEntry = (entry: Partial<LedgerEntry> = {}): LedgerEntry => ({
  customerId: "c",
  serviceId: "s",
  accepted: null,
  doubt: null,
  owed: null,
  last: { outcome: "accepted", at: inMs(-1000) },
  ...entry,
});
const aSituation = (entry: LedgerEntry | undefined, unitCount = 5) => ({
  run: { mode: "changes", kind: "all", proofGen: 2 } as const,
  unitCount,
  isMeasured: true,
  isInGradient: true,
  entry,
  now,
});

it.each([
  ["untried", null],
  ["throttled", "throttled"],
  ["untried", "no-answer"],
] as const)("a line that a run has not tried is %s, where it was owed as %s", (owed, before) => {
  const owes = { stopped: true, untried: true };

  expect(
    entryWithout(anEntry({ owed: before }), { customerId: "c", serviceId: "s" }, verdicts.untried, owes),
  ).toMatchObject({ owed });
});

describe("deciding on a line", () => {
  it.each([
    ["a number that was never sent", undefined, "send"],
    ["a number that Gradient holds", anEntry({ accepted: { unitCount: 5, at: inMs(-1), gen: 2 } }), "unchanged"],
    ["another number than Gradient holds", anEntry({ accepted: { unitCount: 6, at: inMs(-1), gen: 2 } }), "send"],
    ["the number that may still land", anEntry({ doubt: { unitCount: 5, until: inMs(1) } }), "send"],
    [
      "another number than the one that may still land",
      anEntry({ doubt: { unitCount: 6, until: inMs(1) } }),
      "deferred",
    ],
    ["another number than one that can land no more", anEntry({ doubt: { unitCount: 6, until: inMs(0) } }), "send"],
    [
      "a number that was accepted before another one got lost",
      anEntry({ accepted: { unitCount: 5, at: inMs(-9), gen: 2 }, doubt: { unitCount: 6, until: inMs(-1) } }),
      "send",
    ],
  ])("in a run of changes, %s", (_what, entry, expected) => {
    const decision = decide(aSituation(entry));
    expect(decision === "send" ? decision : decision.outcome).toBe(expected);
  });

  it("sends in a full run what Gradient holds already", () => {
    const entry = anEntry({ accepted: { unitCount: 5, at: inMs(-1), gen: 2 } });
    expect(decide({ ...aSituation(entry), run: { mode: "full", kind: "all", proofGen: 2 } })).toBe("send");
  });

  it("keeps the fence up in a full run, too", () => {
    const entry = anEntry({ doubt: { unitCount: 6, until: inMs(1) } });
    expect(decide({ ...aSituation(entry), run: { mode: "full", kind: "all", proofGen: 2 } })).toMatchObject({
      outcome: "deferred",
    });
  });

  it("sends no zero for a customer that came back and was not measured since", () => {
    const entry = anEntry({ accepted: { unitCount: 5, at: inMs(-1), gen: 2 } });
    const full = { mode: "full", kind: "all", proofGen: 2 } as const;
    expect(decide({ ...aSituation(entry, 0), run: full, isMeasured: false })).toMatchObject({ outcome: "deferred" });
  });

  it("sends zero like any other number", () => {
    expect(decide(aSituation(undefined, 0))).toBe("send");
  });
});

describe("the ledger after a call", () => {
  const sent = (answer: CountAnswer, wasInDoubt = answer.kind === "in-doubt") => ({
    customerId: "c",
    serviceId: "s",
    unitCount: 5,
    answer,
    wasInDoubt,
    at: now,
    proofGen: 3,
  });
  const lost: CountAnswer = { kind: "in-doubt", reason: "time-out" };

  it("keeps the doubt of a lost call although a repeat was accepted: the lost one may land later", () => {
    expect(entryAfter(undefined, sent({ kind: "accepted" }, true))).toMatchObject({
      accepted: { unitCount: 5, at: inMs(0), gen: 3 },
      doubt: { unitCount: 5, until: inMs(landsWithinMs) },
    });
  });

  it("drops an old doubt with an acceptance, and only with that", () => {
    const old = anEntry({ doubt: { unitCount: 7, until: inMs(-1) } });
    expect(entryAfter(old, sent({ kind: "accepted" })).doubt).toBeNull();
    expect(entryAfter(old, sent({ kind: "unmapped", message: "" })).doubt).toEqual(old.doubt);
    expect(entryAfter(old, sent(lost)).doubt).toEqual({ unitCount: 5, until: inMs(landsWithinMs) });
  });

  it("keeps what was accepted before when a later number is not", () => {
    const held = anEntry({ accepted: { unitCount: 4, at: inMs(-9), gen: 2 } });
    for (const answer of [lost, { kind: "unmapped", message: "" }, { kind: "rejected", message: "" }] as const) {
      expect(entryAfter(held, sent(answer)).accepted).toEqual(held.accepted);
    }
  });

  it.each([
    [{ kind: "accepted" }, null],
    [{ kind: "unmapped", message: "No account map found" }, null],
    [{ kind: "rejected", message: "bad" }, null],
    [{ kind: "throttled", retryAfterMs: 1_000 }, "throttled"],
    [lost, "no-answer"],
    [{ kind: "token-rejected" }, "stopped"],
    [{ kind: "forbidden" }, "stopped"],
  ] as const)("owes another call by itself after $kind: %s", (answer, owed) => {
    expect(entryAfter(anEntry({ owed: "stopped" }), sent(answer)).owed).toBe(owed);
  });

  it.each([{ kind: "accepted" }, { kind: "rejected", message: "bad" }, lost] as const)(
    "does not say any more that the line was refused, after %o",
    (answer) => {
      const refused = anEntry({ last: { outcome: "deferred", at: inMs(-1), refusedAt: inMs(-1) } });
      expect(entryAfter(refused, sent(answer)).last.refusedAt).toBeUndefined();
    },
  );

  it.each([
    ["met it now", null, -9, 0],
    ["was in it before", "throttled" as const, -9, -9],
  ])("keeps when a line that %s came into trouble", (_, owed, then, since) => {
    const before = anEntry({ owed, last: { outcome: "deferred", at: inMs(-1), troubledAt: inMs(then) } });
    const { last } = entryAfter(before, sent({ kind: "throttled", retryAfterMs: null }));
    expect(last.troubledAt).toBe(inMs(since));
  });

  it.each([
    [{ kind: "accepted" }, "accepted"],
    [{ kind: "unmapped", message: "No account map found" }, "unmapped"],
    [{ kind: "rejected", message: "bad" }, "rejected"],
    [{ kind: "token-rejected" }, "deferred"],
    [{ kind: "forbidden" }, "deferred"],
    [{ kind: "throttled", retryAfterMs: null }, "deferred"],
    [lost, "deferred"],
  ] satisfies [CountAnswer, string][])("gives %o the outcome %s", (answer, outcome) => {
    expect(verdictOf(answer).outcome).toBe(outcome);
  });
});
