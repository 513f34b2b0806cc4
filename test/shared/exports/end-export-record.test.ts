import { describe, expect, it } from "vitest";
import { endOf } from "#shared/exports/ending/end-export";
import { isAllWell } from "#shared/exports/ending/result-mails";
import { noTotals } from "#shared/exports/line";
import { nothingLeft, type UsageExport } from "#shared/exports/usage-export";
import type { Integration } from "#shared/integrations/integration";
import { noSizes } from "#shared/integrations/record/sizes";
import { isWanted } from "#shared/integrations/record/wants";
import { aRun, endIn, left, leftOver, stoppedBy, wanted, wantsOf } from "#test/builders/ended-run";
import { anIntegration } from "#test/builders/integration";
import { minutesAfter, now } from "#test/builders/time";

const refused: Partial<UsageExport> = { totals: { ...noTotals, lines: 10, accepted: 9, rejected: 1 } };

describe("a date", () => {
  const due = minutesAfter(-5);

  it.each<[string, Partial<UsageExport>, string, boolean]>([
    ["is met by a run that read its lines after it", { readAt: minutesAfter(-3) }, due, true],
    ["is met by a person's run, too", { readAt: minutesAfter(-3), trigger: "manual" }, due, true],
    ["that came when a line may have been read is not", { readAt: due }, due, false],
    ["that came during the run is not", { readAt: minutesAfter(-9) }, due, false],
    ["is not met by what was left over", { kind: "retry" }, due, false],
    ["is not met by a run that was stopped", stoppedBy("gradient-down"), due, false],
    ["is not met by a run of chosen lines", { kind: "narrowed" }, due, false],
  ])("%s", (_, run, nextRunAt, isMet) => {
    const after = endIn(aRun(run), { nextRunAt });

    expect(after.nextRunAt).toBe("2026-11-23T01:00:00.000Z");
    expect(after.wants.all.trigger === "schedule" && isWanted(after.wants.all)).toBe(!isMet);
    if (!isMet) expect(after.wants.all.since).toBe(due);
  });

  it("that came during a run which is cancelled is wanted: the person has not stopped that", () => {
    const admitted = { admittedFor: { want: "all", seq: 5 } } as const;
    const after = endIn(aRun({ ...stoppedBy("cancelled"), ...admitted }), { nextRunAt: due, wants: wantsOf(["all"]) });

    expect(wanted(after)).toEqual({ all: 0 });
  });

  it("that is still to come stays", () => {
    const after = endIn(aRun(), { nextRunAt: minutesAfter(5) });

    expect(after.nextRunAt).toBe(minutesAfter(5));
    expect(wanted(after)).toEqual({});
  });
});

describe("the partner's record after a run", () => {
  it("is free, unless another run is under way by now", () => {
    expect(endIn(aRun())).toMatchObject({ currentExportId: null });
    expect(endIn(aRun(), { currentExportId: "another" })).toMatchObject({ currentExportId: "another" });
    expect(endIn(aRun({ mode: "dry-run" }), { currentExportId: "another" })).toMatchObject({
      currentExportId: "another",
    });
  });

  it.each<[string, Partial<UsageExport>, boolean]>([
    ["a run of all lines", {}, true],
    ["what was left over", { kind: "retry" }, true],
    ["a run that was stopped", stoppedBy("cancelled"), true],
    ["a dry run", { mode: "dry-run" }, false],
    ["a look", { kind: "look" }, false],
  ])("tells of %s as the last one: %s", (_, run, isTold) => {
    const { lastExport } = endIn(aRun(run));

    expect(lastExport?.id ?? null).toBe(isTold ? "run" : null);
  });

  it.each<[string, Partial<UsageExport>[], string]>([
    ["all it had left were owed", [left], "succeeded"],
    ["Gradient refused a line of it", [refused], "partial"],
    ["a customer of it could not be read", [{ ...left, leftOver: { ...leftOver, unreadable: 1 } }], "partial"],
    ["it did not come to its end", [stoppedBy("stalled")], "partial"],
    ["a retry failed in between", [refused, { kind: "retry", ...left }], "partial"],
    ["a retry was refused a line in between", [left, { kind: "retry", ...refused }], "partial"],
    ["a retry was stopped in between", [left, { kind: "retry", ...stoppedBy("gradient-refuses") }], "succeeded"],
    ["another line arrived in between", [refused, { kind: "narrowed" }, { kind: "retry", ...left }], "partial"],
    ["all lines were sent in between", [refused, {}, { kind: "repeat", ...left }], "succeeded"],
  ])("shows a retry that succeeded only where nothing but owed lines was left: %s", (_, runs, shown) => {
    const record = [...runs, { kind: "retry" } as const].reduce<Partial<Integration>>(
      (before, run) => ({ lastExport: endIn(aRun(run), before).lastExport }),
      {},
    );

    expect(record.lastExport?.outcome).toBe(shown);
  });

  it("does not take all for well when others arrive after a retry that a person has cancelled", () => {
    const before = endIn(aRun(left));
    const { seq } = before.wants;
    const admittedFor = { want: "retry", seq } as const;
    const cancelled = endIn(aRun({ kind: "retry", seq, admittedFor, ...stoppedBy("cancelled") }), before);

    expect(isAllWell(endIn(aRun({ kind: "narrowed" }), cancelled))).toBe(false);
    expect(isAllWell(endIn(aRun(), cancelled))).toBe(true);
  });

  it.each<[string, Partial<UsageExport>, string[]]>([
    ["of the connection that it still has", {}, ["svc-dns", "svc-edr"]],
    ["of a run that was stopped, too", stoppedBy("cancelled"), ["svc-dns", "svc-edr"]],
    ["of no other connection", { connectionId: "connection-0" }, ["svc-dns"]],
  ])("knows services that are mapped %s", (_, run, mappedServiceIds) => {
    const mapping = { ...anIntegration().mapping, mappedServiceIds: ["svc-dns"] };

    expect(endIn(aRun({ acceptedServiceIds: ["svc-dns", "svc-edr"], ...run }), { mapping })).toMatchObject({
      mapping: { mappedServiceIds },
    });
  });

  it("keeps what a run of all lines tells of sizes and services that are awaited, and no other run", () => {
    const sized = { toSend: 4, awaitedServiceIds: ["svc-new"] };
    const known = { sizes: { lines: 10, toSend: 4, leftOver: 0, repeats: 0 }, awaitedServiceIds: ["svc-new"] };
    const unknown = { sizes: { lines: 0, toSend: 0, repeats: null }, awaitedServiceIds: [] };

    expect(endIn(aRun(sized), {}, { stillAwaited: ["svc-new"] })).toMatchObject(known);
    for (const other of [{ kind: "retry" }, { kind: "narrowed" }, stoppedBy("cancelled")] as Partial<UsageExport>[]) {
      expect(endIn(aRun({ ...sized, ...other }), {}, { stillAwaited: ["svc-new"] })).toMatchObject(unknown);
    }
  });

  it("keeps how many lines are left over, and forgets it where a run of some lines leaves others", () => {
    const leftOver = { ...nothingLeft, lines: 2 };
    const sizes = { ...noSizes, leftOver: 5 };

    expect(endIn(aRun({ kind: "retry", leftOver }), { sizes })).toMatchObject({ sizes: { leftOver: 2 } });
    expect(endIn(aRun({ kind: "narrowed" }), { sizes })).toMatchObject({ sizes: { leftOver: 5 } });
    expect(endIn(aRun({ kind: "narrowed", leftOver }), { sizes })).toMatchObject({ sizes: { leftOver: null } });
  });
});

describe("how a run ended", () => {
  const withTotals = (sums: Record<string, number>, more: Partial<UsageExport> = {}) =>
    aRun({
      totals: { ...noTotals, lines: Object.values(sums).reduce((sum, each) => sum + each, 0), ...sums },
      ...more,
    });
  const leaving = (lines: number) => ({ leftOver: { ...nothingLeft, lines } });

  it.each<[string, UsageExport, UsageExport["outcome"]]>([
    ["everything accepted", withTotals({ accepted: 3 }), "succeeded"],
    ["everything held already", withTotals({ unchanged: 3 }), "succeeded"],
    ["no line", withTotals({}), "succeeded"],
    ["nothing mapped", withTotals({ unmapped: 3 }), "succeeded"],
    ["some unmapped", withTotals({ accepted: 1, unmapped: 2 }), "succeeded"],
    ["some waiting for their service", withTotals({ accepted: 1, deferred: 2 }), "succeeded"],
    ["some left over", withTotals({ accepted: 1, deferred: 2 }, leaving(1)), "partial"],
    ["some refused", withTotals({ unchanged: 1, rejected: 2 }), "partial"],
    ["all left over", withTotals({ deferred: 2 }, leaving(2)), "failed"],
    ["all refused", withTotals({ rejected: 2 }), "failed"],
    ["some unmapped, the rest refused", withTotals({ unmapped: 1, rejected: 2 }), "failed"],
    ["stopped before its lines were fixed", withTotals({}, { chunks: null, stop: "cancelled" }), "failed"],
    ["a dry run", withTotals({ deferred: 2, unchanged: 1 }, { mode: "dry-run" }), "succeeded"],
    ["a dry run that was stopped", withTotals({ deferred: 2 }, { mode: "dry-run", stop: "cancelled" }), "partial"],
  ])("%s", (_, run, outcome) => {
    expect(endOf(run, now())).toMatchObject({ outcome });
  });

  it("is never written down with lines that have no outcome, nor twice", () => {
    expect(() => endOf(aRun({ totals: { ...noTotals, lines: 10, accepted: 9 } }), now())).toThrow("sum up");
    expect(() => endOf(endOf(aRun(), now()), now())).toThrow("only once");
  });
});
