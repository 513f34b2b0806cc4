import { describe, expect, it } from "vitest";
import { endOf } from "#shared/exports/ending/end-export";
import { noTotals } from "#shared/exports/line";
import { type ExportKind, nothingLeft, type UsageExport } from "#shared/exports/usage-export";
import { noMapping } from "#shared/integrations/integration";
import { noLooks } from "#shared/integrations/record/looks";
import { isWanted, noWants, type WantKind, type Wants, wish, withStarted } from "#shared/integrations/record/wants";
import { aRun, earlier, endIn, left, leftOver, stoppedBy, wanted, wantsOf } from "#test/builders/ended-run";
import { minutesAfter, noon, now } from "#test/builders/time";

describe("what is wanted after a run that came to its end", () => {
  it.each<[string, Partial<UsageExport>, Wants, Partial<Record<WantKind, number>>]>([
    ["all lines meet every wish but repeats", { kind: "all" }, wantsOf(["all", "retry", "repeat"]), { repeat: 0 }],
    ["all lines that left some over", { kind: "all", ...left }, wantsOf(["all"]), { retry: 1 }],
    ["all lines, with a wish since", { kind: "all" }, wantsOf(["all"], ["all"]), { all: 0 }],
    ["all lines, with lines owed since", { kind: "all" }, wantsOf(["all"], ["retry"]), { retry: 0 }],
    ["what was left over meets that", { kind: "retry" }, wantsOf(["retry"]), {}],
    ["what was left over meets no wish for everything", { kind: "retry" }, wantsOf(["retry", "all"]), { all: 0 }],
    ["what was left over left some over again", { kind: "retry", ...left }, wantsOf(["retry"]), { retry: 1 }],
    ["repeats meet repeats", { kind: "repeat" }, wantsOf(["all", "repeat"]), { all: 0 }],
    ["repeats that left some over", { kind: "repeat", ...left }, wantsOf(["repeat"]), { retry: 1 }],
    [
      "chosen lines meet nothing",
      { kind: "narrowed" },
      wantsOf(["all", "retry", "repeat"]),
      { all: 0, retry: 0, repeat: 0 },
    ],
    ["chosen lines that left some over", { kind: "narrowed", ...left }, wantsOf([]), { retry: 1 }],
    ["a look meets nothing, whatever it left", { kind: "look", ...left }, wantsOf(["all"]), { all: 0 }],
    ["a look owes nothing", { kind: "look", ...left }, wantsOf([]), {}],
    ["a dry run meets and owes nothing", { kind: "all", mode: "dry-run", ...left }, wantsOf(["all"]), { all: 0 }],
    ["no line at all meets every wish", { kind: "all", totals: noTotals, toSend: 0 }, wantsOf(["all"]), {}],
    [
      "all lines of another connection meet nothing",
      { kind: "all", connectionId: "connection-0" },
      wantsOf(["all"]),
      { all: 0 },
    ],
  ])("%s", (_, run, wants, expected) => {
    expect(wanted(endIn(aRun(run), { wants }))).toEqual(expected);
  });

  it("the next try waits longer each time, and no longer than Gradient may be down", () => {
    const minutesOf = (attempt: number, isUnanswered: boolean) => {
      const wants = wish(noWants, "retry", { at: earlier, trigger: "recovery", attempt });
      const run = aRun({
        kind: "retry",
        seq: 1,
        admittedFor: { want: "retry", seq: 1 },
        ...left,
        leftOver: { ...leftOver, isUnanswered },
      });
      const after = endIn(run, { wants });
      expect(after.wants.retry.attempt).toBe(attempt + 1);
      return wanted(after).retry;
    };

    expect([0, 1, 2, 3, 4].map((attempt) => minutesOf(attempt, false))).toEqual([1, 5, 15, 60, 60]);
    expect([0, 1, 2, 3, 4].map((attempt) => minutesOf(attempt, true))).toEqual([1, 5, 15, 25, 25]);
  });

  it("is not put off by a person who presses again and again", () => {
    const wants = wish(noWants, "retry", {
      at: earlier,
      trigger: "recovery",
      attempt: 2,
      notBefore: minutesAfter(4),
    });
    const press = (before: Wants, more: Partial<UsageExport> = {}) =>
      endIn(aRun({ kind: "all", seq: before.seq, trigger: "manual", ...left, ...more }), { wants: before });
    const pressed = press(press(press(wants).wants).wants);

    expect(pressed.wants.retry).toMatchObject({ attempt: 2, notBefore: minutesAfter(4), since: earlier });
    expect(wanted(press(wants, { kind: "narrowed" }))).toEqual({ retry: 4 });
    expect(wanted(press(wants, { leftOver: { ...leftOver, doubtUntil: minutesAfter(4.5) } }))).toEqual({ retry: 4.5 });
    // what was due, and stood in line, has been tried by this run, if it had all lines
    const due = wish(wants, "retry", { at: earlier, trigger: "recovery", notBefore: earlier });
    expect(wanted(press(due))).toEqual({ retry: 5 });
    expect(wanted(press(due, { kind: "narrowed" }))).toEqual({ retry: 0 });
    expect(press(wantsOf([])).wants.retry).toMatchObject({ attempt: 1, since: noon });
  });

  it("the first try after one that left nothing over comes soon again", () => {
    const wants = wish(noWants, "retry", { at: earlier, trigger: "recovery", attempt: 3 });
    const met = endIn(aRun({ kind: "retry", seq: 1 }), { wants });

    expect(wanted(endIn(aRun({ kind: "all", seq: 1, ...left }), { wants: met.wants }))).toEqual({ retry: 1 });
  });

  it("nothing is tried again while a number in doubt could still land", () => {
    const run = aRun({ ...left, leftOver: { ...leftOver, doubtUntil: minutesAfter(1.25) } });

    expect(wanted(endIn(run))).toEqual({ retry: 1.25 });
  });

  it("what was left over is shown as a recovery, of partners apart from each other", () => {
    expect(endIn(aRun(left)).wants.retry).toMatchObject({ trigger: "recovery" });
    expect(endIn(aRun(left), {}, { random: 0 }).wants.retry.notBefore).toBe(minutesAfter(0.95));
  });

  it.each<[string, Partial<UsageExport>, boolean]>([
    ["follow a date", { repeatsDue: 3, trigger: "schedule" }, true],
    ["do not where none is due", { repeatsDue: 0, trigger: "schedule" }, false],
    ["never come between the dates", { repeatsDue: 3, trigger: "recovery" }, false],
    ["follow no run of a person's", { repeatsDue: 3, trigger: "manual" }, false],
    [
      "follow a date's run that was stopped",
      { repeatsDue: 3, trigger: "schedule", ...stoppedBy("gradient-down") },
      true,
    ],
    ["follow no other kind of run", { repeatsDue: 3, trigger: "schedule", kind: "retry" }, false],
    [
      "follow no other run that was stopped",
      { repeatsDue: 3, trigger: "mapping", ...stoppedBy("gradient-down") },
      false,
    ],
  ])("repeats %s", (_, run, areWanted) => {
    const { wants } = endIn(aRun(run));

    expect(isWanted(wants.repeat)).toBe(areWanted);
    if (areWanted) expect(wants.repeat).toMatchObject({ trigger: "repeat", since: noon });
  });

  const dated = (before: Wants): Wants => wish(before, "all", { at: earlier, trigger: "schedule" });
  const other = { seq: 6, repeatsDue: 3 };
  it.each<[string, Partial<UsageExport>, Wants, boolean]>([
    ["a person's run that meets it", { trigger: "manual" }, dated(noWants), true],
    ["such a run, where none is due", { trigger: "manual", repeatsDue: 0 }, dated(noWants), false],
    [
      "a run that had begun for another cause",
      { trigger: "mapping" },
      dated(withStarted(wantsOf(["all"]), "all", 5)),
      true,
    ],
    [
      "a person's run that was stopped",
      { trigger: "manual", ...stoppedBy("gradient-down") },
      dated(wantsOf(["all"])),
      true,
    ],
    ["no retry", { kind: "retry" }, dated(noWants), false],
  ])("repeats of a date that was wanted already when the run read its lines: follow %s", (_, run, wants, areWanted) => {
    expect(isWanted(endIn(aRun({ ...other, ...run }), { wants }).wants.repeat)).toBe(areWanted);
  });

  it.each<[string, Partial<UsageExport>]>([
    ["came after the run had read its lines", {}],
    ["is still wanted after a run that never had any", { seq: 0, ...stoppedBy("gradient-down"), chunks: null }],
  ])("repeats of a date that %s follow the next run", (_, run) => {
    const wants = dated(wantsOf(["all"]));

    const after = endIn(aRun({ trigger: "manual", repeatsDue: 3, ...run }), { wants });

    expect(after.wants).toMatchObject({ all: { trigger: "schedule" }, repeat: { wanted: 0 } });
  });

  it("everything, where a service has been set up that the run had missed", () => {
    expect(endIn(aRun({ awaitedServiceIds: ["svc-1"] }), {}, { stillAwaited: [] }).wants.all).toMatchObject({
      trigger: "mapping",
      since: noon,
    });
    expect(wanted(endIn(aRun({ kind: "retry", awaitedServiceIds: ["svc-1"] }), {}, { stillAwaited: [] }))).toEqual({});
  });
});

describe("what is wanted after a run that was stopped", () => {
  const refusals = [
    "token-rejected",
    "not-connected",
    "vendor-key",
    "gradient-refuses",
    "gradient-down",
    "doubted",
  ] as const;

  it.each(refusals)("by %s: all that was, now as a recovery", (stop) => {
    const after = endIn(aRun({ kind: "all", ...stoppedBy(stop) }), { wants: wantsOf(["all", "retry"]) });

    expect(wanted(after)).toMatchObject({ all: 0, retry: 0 });
    expect(after.wants.all).toMatchObject({ trigger: "recovery", attempt: 0 });
  });

  it.each(refusals)("by %s: everything, also where it was a person's run", (stop) => {
    const after = endIn(aRun({ kind: "all", trigger: "manual", ...stoppedBy(stop) }));

    expect(wanted(after)).toEqual({ all: 0 });
  });

  it("what has been wished since keeps its cause, and comes at once: the token may be another by then", () => {
    const after = endIn(aRun({ kind: "all", ...stoppedBy("not-connected") }), { wants: wantsOf(["all"], ["all"]) });

    expect(after.wants.all).toMatchObject({ trigger: "mapping" });
    expect(wanted(after)).toEqual({ all: 0 });
    for (const kind of ["retry", "repeat"] as const) {
      const wants = wantsOf([kind], ["all"]);
      expect(wanted(endIn(aRun({ kind, ...stoppedBy("not-connected") }), { wants }))).toEqual({ [kind]: 0, all: 0 });
    }
  });

  it.each(["retry", "repeat"] as const)(
    "what it was for, where it was a %s run, at once and with no try counted",
    (kind) => {
      const after = endIn(aRun({ kind, ...stoppedBy("gradient-down") }), { wants: wantsOf([kind]) });

      expect(wanted(after)).toEqual({ [kind]: 0 });
      expect(after.wants[kind].attempt).toBe(0);
    },
  );

  it.each<[string, Partial<UsageExport>, Partial<Record<WantKind, number>>]>([
    ["among the lines that it may refuse: these alone", {}, { retry: 1 }],
    ["among them, in a run for what was left over", { kind: "retry" }, { all: 0, retry: 1 }],
    ["when others were kept back, too: everything", { suspectsFrom: null }, { all: 0, retry: 0 }],
    ["and closed with lines that nobody came to: everything", { nextChunk: 0 }, { all: 0, retry: 0 }],
    ["on another connection: everything", { connectionId: "connection-0" }, { all: 0, retry: 0 }],
    ["when every line has arrived, and nothing but views is owed: everything", { leftOver: nothingLeft }, { all: 0 }],
    ["while all calls are held: everything", { stop: "gradient-down" }, { all: 0, retry: 0 }],
  ])("by a refusal %s", (_, its, expected) => {
    const run = aRun({ kind: "all", trigger: "mapping", ...stoppedBy("gradient-refuses"), suspectsFrom: 1, ...its });

    expect(wanted(endIn(run, { wants: wantsOf(["all", "retry"]) }))).toMatchObject(expected);
    const isMet = run.kind === "all" && !("all" in expected);
    expect(isWanted(endIn(run, { wants: wantsOf(["all"]) }).wants.all)).toBe(!isMet);
  });

  it("the same an hour later, where there was no token to begin with: nobody is started again and again", () => {
    const run = aRun({ kind: "all", ...stoppedBy("not-connected"), chunks: null });

    expect(wanted(endIn(run, { wants: wantsOf(["all"]) }))).toMatchObject({ all: 60 });
    expect(wanted(endIn(run, { wants: wantsOf(["all"], ["all"]) }))).toMatchObject({ all: 0 });
  });

  it("the rest of chosen lines", () => {
    expect(wanted(endIn(aRun({ kind: "narrowed", ...stoppedBy("gradient-down") })))).toEqual({ retry: 1 });
  });

  it("everything, before its lines were fixed", () => {
    const unplanned = aRun({ chunks: null, connectionId: null, readAt: null, totals: noTotals, stop: "gradient-down" });

    expect(wanted(endIn(unplanned, { wants: wantsOf(["all"]) }))).toEqual({ all: 0, repeat: 0 });
    expect(wanted(endIn({ ...unplanned, kind: "narrowed" }))).toEqual({ all: 0 });
  });

  it.each<[ExportKind, Wants, Partial<Record<WantKind, number>>]>([
    ["all", wantsOf(["all", "retry"]), { all: 60, retry: 60 }],
    ["all", wantsOf([]), { all: 60 }],
    ["retry", wantsOf(["retry"]), { retry: 60 }],
    ["repeat", wantsOf(["repeat"]), { repeat: 60 }],
    ["narrowed", wantsOf([]), { all: 0 }],
    ["look", wantsOf([]), {}],
    ["look", wantsOf(["all"]), { all: 0 }],
  ])("for want of progress, after a run of kind %s", (kind, wants, expected) => {
    expect(wanted(endIn(aRun({ kind, ...stoppedBy("stalled") }), { wants }))).toEqual(expected);
  });
});

describe("what is wanted after a person has cancelled", () => {
  const cancelled = stoppedBy("cancelled");
  const admittedFor = (want: WantKind, seq = 5) => ({ admittedFor: { want, seq } });

  it.each<[string, Partial<UsageExport>, Wants, Partial<Record<WantKind, number>>]>([
    ["a run that the service had started", admittedFor("all"), wantsOf(["all", "retry"]), {}],
    ["such a run, with a wish since", admittedFor("all"), wantsOf(["all"], ["all"]), { all: 0 }],
    ["such a run, with repeats due", admittedFor("all"), wantsOf(["all", "repeat"]), { repeat: 0 }],
    ["a run for what was left over", { kind: "retry", ...admittedFor("retry") }, wantsOf(["retry"]), {}],
    ["a run of repeats", { kind: "repeat", ...admittedFor("repeat") }, wantsOf(["all", "repeat"]), { all: 0 }],
    [
      "a run of repeats, with lines left over before",
      { kind: "repeat", ...admittedFor("repeat") },
      wantsOf(["retry", "repeat"]),
      { retry: 0 },
    ],
    ["a person's run", { trigger: "manual" }, wantsOf(["all", "retry"]), { all: 0, retry: 0 }],
    ["a person's run of chosen lines", { kind: "narrowed" }, wantsOf([]), {}],
  ])("%s", (_, run, wants, expected) => {
    const over = aRun({ kind: "all", ...cancelled, ...run });

    expect(wanted(endIn(over, { wants }))).toEqual(expected);
    expect(endOf(over, now())).toMatchObject({ state: "cancelled", outcome: "partial", lease: null, finishedAt: noon });
  });

  it("a look that gave way to a person leaves what was wanted", () => {
    expect(wanted(endIn(aRun({ kind: "look", ...stoppedBy("person-first") }), { wants: wantsOf(["all"]) }))).toEqual({
      all: 0,
    });
  });
});

describe("a partner that maps anew has", () => {
  const mapsAnew = { looks: { ...noLooks, mapsAnew: true }, mapping: { ...noMapping, mappedServiceIds: ["dns"] } };
  const accepted = { acceptedServiceIds: ["dns"], proofGen: 2 };

  it.each<[string, Partial<UsageExport>, boolean]>([
    ["an end of it with the first count that is accepted, whatever a look has told of before", accepted, false],
    ["none with one of before its accounts were gone", { ...accepted, proofGen: 1 }, true],
    ["none without one", { ...accepted, acceptedServiceIds: [] }, true],
    ["none with one on another connection", { ...accepted, connectionId: "connection-0" }, true],
  ])("%s", (_, run, stillMaps) => {
    const before = { ...mapsAnew, proofGen: 2 };
    expect(endIn(aRun({ kind: "all", ...run }), before).looks.mapsAnew).toBe(stillMaps);
    const after = endIn(aRun({ kind: "look", ...run }), before);
    expect([after.looks.mapsAnew, isWanted(after.wants.all)]).toEqual([stillMaps, !stillMaps]);
  });
});
