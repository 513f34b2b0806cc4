import { describe, expect, it } from "vitest";
import { waitingFor } from "#shared/exports/admission/waiting";
import { noLooks } from "#shared/integrations/record/looks";
import { noWants, wish } from "#shared/integrations/record/wants";
import { anIntegration } from "#test/builders/integration";
import { minutesAfter, noon, now } from "#test/builders/time";

const wanting = anIntegration({ wants: wish(noWants, "all", { at: minutesAfter(-10), trigger: "manual" }) });

// counted two minutes ago, at ten lines a second
it.each([
  ["as it was counted", 3_000, minutesAfter(3)],
  ["as now, once that has passed", 600, noon],
  ["as now, where nobody is ahead", 0, noon],
])("a turn is expected %s", (_, ahead, expectedAt) => {
  const marks = [{ since: minutesAfter(-60), partners: 1 }];
  const estimate = { at: minutesAfter(-2), marks, usualLines: ahead, linesPerSecond: 10, version: 1 };

  expect(waitingFor(wanting, { now: now(), obstacle: null, estimate })).toMatchObject({
    why: "turn",
    linesAhead: ahead,
    expectedAt,
  });
});

it.each([
  ["a hold or a try has ended", { notBefore: minutesAfter(-3) }, null],
  ["a pause has ended", {}, minutesAfter(-3)],
  ["a look is under way then", { notBefore: minutesAfter(-3) }, null, "look-1"],
])("whoever has fallen due before %s is ahead", (_, more, pausedUntil, currentExportId: string | null = null) => {
  const wants = wish(noWants, "all", { at: minutesAfter(-60), trigger: "manual", ...more });
  const held = { ...wanting, wants, currentExportId, schedule: { ...wanting.schedule, pausedUntil } };
  const marks = [minutesAfter(-60), minutesAfter(-5), minutesAfter(-2)].map((since, place) => ({
    since,
    partners: place * 100,
  }));
  const estimate = { at: noon, marks, usualLines: 10, linesPerSecond: 10, version: 1 };

  expect(waitingFor(held, { now: now(), obstacle: null, estimate })).toMatchObject({
    since: minutesAfter(-60),
    linesAhead: 1_000,
    expectedAt: minutesAfter(100 / 60),
  });
});

it("a turn that was counted more than two minutes ago is a turn without an estimate", () => {
  const marks = [{ since: minutesAfter(-60), partners: 1 }];
  const estimate = { at: minutesAfter(-2.1), marks, usualLines: 3_000, linesPerSecond: 10, version: 1 };

  expect(waitingFor(wanting, { now: now(), obstacle: null, estimate })).toMatchObject({
    why: "turn",
    linesAhead: null,
    expectedAt: null,
  });
});

describe("a partner that maps", () => {
  const looking = anIntegration({ state: "awaiting-mapping", nextRunAt: null });
  const mapping = { ...looking, mapping: { ...looking.mapping, nextCheckAt: minutesAfter(1) } };

  it.each([
    ["gradient-refuses", "partner", "gradient-refuses"],
    ["vendor-key", "vendor", "vendor-key"],
    ["doubted", "partner", "retry"],
  ] as const)("is told since when and until when %s holds its looks", (why, scope, told) => {
    const obstacle = { scope, why, since: minutesAfter(-3), retryAt: minutesAfter(12) };

    expect(waitingFor(mapping, { now: now(), obstacle, estimate: undefined })).toEqual({
      why: told,
      since: minutesAfter(-3),
      retryAt: minutesAfter(12),
      linesAhead: null,
      expectedAt: null,
    });
  });

  const refusing = {
    scope: "vendor",
    why: "gradient-down",
    since: minutesAfter(-3),
    retryAt: minutesAfter(1),
  } as const;

  it.each([
    ["a run is under way", { ...mapping, currentExportId: "20261122T115900000Z-1" }],
    [
      "nobody has been at it for so long that no look is to come",
      { ...mapping, mapping: { ...mapping.mapping, nextCheckAt: null } },
    ],
  ])("waits for nothing where %s", (_, partner) => {
    expect(waitingFor(partner, { now: now(), obstacle: refusing, estimate: undefined })).toBeNull();
  });

  it("waits where somebody has asked for a look, or one is under way", () => {
    const idle = { ...mapping, mapping: { ...mapping.mapping, nextCheckAt: null } };
    for (const looks of [
      { ...noLooks, asked: 1 },
      { ...noLooks, until: minutesAfter(1) },
    ])
      expect(waitingFor({ ...idle, looks }, { now: now(), obstacle: refusing, estimate: undefined })).not.toBeNull();
  });

  it("waits for nothing of ours where nothing is in the way", () => {
    expect(waitingFor(mapping, { now: now(), obstacle: null, estimate: undefined })).toBeNull();
  });
});

it("what is left over waits beside a look that is under way, and not beside a run", () => {
  const at = { at: minutesAfter(-1), trigger: "recovery", notBefore: minutesAfter(1) } as const;
  const owing = anIntegration({ wants: wish(noWants, "retry", at) });
  const told = (currentExportId: string) =>
    waitingFor({ ...owing, currentExportId }, { now: now(), obstacle: null, estimate: undefined });

  expect(told("look-20261122T115959000Z-1")).toMatchObject({ why: "retry", retryAt: minutesAfter(1) });
  expect(told("20261122T115959000Z-1")).toBeNull();
});
