import { describe, expect, it } from "vitest";
import {
  findIntegration,
  type Integration,
  integrationKey,
  integrationWrite,
  noMapping,
} from "#shared/integrations/integration";
import { noLooks } from "#shared/integrations/record/looks";
import { isWanted, noWants, type WantKind, wish } from "#shared/integrations/record/wants";
import { withDate } from "#shared/integrations/with-date";
import { anIntegration } from "#test/builders/integration";
import { aTableWith } from "#test/builders/table";
import { minutesAfter, noon, now } from "#test/builders/time";

const date = minutesAfter(13 * 60);
const wanting = (kind: WantKind, more: Partial<Parameters<typeof wish>[2]> = {}) =>
  wish(noWants, kind, { at: noon, trigger: "recovery", ...more });

/** Where the row lies in the three indexes: what falls due there, and when. */
const indexedAt = (value: Partial<Integration>) => {
  const { put } = integrationWrite(anIntegration(value));
  const at = ({ kind, at: moment }: { kind: unknown; at: unknown }) => (kind === undefined ? null : [kind, moment]);
  return {
    due: at({ kind: put.dueKind, at: put.dueAt }),
    idle: at({ kind: put.idleKind, at: put.idleAt }),
    look: at({ kind: put.lookKind, at: put.lookAt }),
  };
};
const paused = (until: string) => ({ schedule: { ...anIntegration().schedule, pausedUntil: until } });

describe("what falls due at a partner", () => {
  it.each<[string, Partial<Integration>, string | null]>([
    ["the next date", {}, date],
    ["a wish for everything", { wants: wanting("all") }, noon],
    ["a wish that waits", { wants: wanting("all", { notBefore: minutesAfter(7) }) }, minutesAfter(7)],
    ["what was left over", { wants: wanting("retry", { notBefore: minutesAfter(5) }) }, minutesAfter(5)],
    [
      "the earlier of both",
      {
        wants: wish(wanting("retry", { notBefore: minutesAfter(5) }), "all", {
          at: minutesAfter(3),
          trigger: "mapping",
        }),
      },
      minutesAfter(3),
    ],
    [
      "the date, before a wish that waits longer",
      { wants: wanting("all", { notBefore: minutesAfter(14 * 60) }) },
      date,
    ],
    ["nothing without a date or a wish", { nextRunAt: null }, null],
    ["nothing while a run is under way", { currentExportId: "run", wants: wanting("all") }, null],
    ["nothing of one that is suspended", { state: "suspended", wants: wanting("all") }, null],
    ["nothing of one that is disconnected", { state: "disconnected", wants: wanting("all") }, null],
    ["nothing of one that still has to map", { state: "awaiting-mapping", wants: wanting("all") }, null],
    ["a wish, when the pause ends", { ...paused(minutesAfter(90)), wants: wanting("all") }, minutesAfter(90)],
    ["a wish, after a pause that is over", { ...paused(minutesAfter(-90)), wants: wanting("all") }, noon],
    ["the date, in a pause that ends before it", paused(minutesAfter(90)), date],
  ])("%s", (_, value, dueAt) => {
    expect(indexedAt(value).due).toEqual(dueAt && ["wanted", dueAt]);
  });

  it.each<[string, Partial<Integration>, string]>([
    ["a date with many changes the last time", { sizes: { lines: 9_000, toSend: 1_001 } }, "wanted-large"],
    ["a date with few, however many lines there are", { sizes: { lines: 9_000, toSend: 1_000 } }, "wanted"],
    [
      "a wish for everything that is no date's, by all lines",
      { sizes: { lines: 9_000, toSend: 0 }, wants: wanting("all", { trigger: "mapping" }) },
      "wanted-large",
    ],
    [
      "what was left over, by all lines",
      { sizes: { lines: 9_000, toSend: 0 }, wants: wanting("retry") },
      "wanted-large",
    ],
    [
      "what comes first, whatever comes later",
      {
        sizes: { lines: 9_000, toSend: 0 },
        wants: wanting("retry", { notBefore: minutesAfter(90 * 24 * 60) }),
      },
      "wanted",
    ],
  ])("large runs stand in a line of their own: %s", (_, value, line) => {
    expect(indexedAt(value).due?.[0]).toBe(line);
  });

  it("repeats come in an index of their own, and after twelve hours with what has changed", () => {
    const repeats = { wants: wanting("repeat", { trigger: "repeat" }), nextRunAt: null };

    expect(indexedAt(repeats)).toMatchObject({ idle: ["repeats", noon], due: ["wanted", minutesAfter(12 * 60)] });
    expect(indexedAt({ ...repeats, ...paused(minutesAfter(60)) }).idle).toEqual(["repeats", minutesAfter(60)]);
    for (const none of [{ currentExportId: "run" }, { state: "suspended" as const }]) {
      expect(indexedAt({ ...repeats, ...none })).toMatchObject({ idle: null, due: null });
    }
    expect(indexedAt({}).idle).toBeNull();
  });

  it.each([
    ["awaiting-mapping", true],
    ["active", true],
    ["suspended", false],
    ["awaiting-agreement", false],
    ["disconnected", false],
  ] as const)("a look at Gradient, while it is %s: %s", (state, isLookedAt) => {
    const mapping = { ...noMapping, nextCheckAt: minutesAfter(5) };

    expect(indexedAt({ state, mapping }).look).toEqual(isLookedAt ? ["look", minutesAfter(5)] : null);
    expect(indexedAt({ state, mapping: noMapping }).look).toBeNull();
  });

  it.each([
    ["awaiting-mapping", true],
    ["active", true],
    ["suspended", true],
    ["awaiting-agreement", false],
    ["disconnected", false],
  ] as const)("a trial of the token, while it is %s: %s", (state, isTried) => {
    const looks = { ...noLooks, tokenCheckAt: minutesAfter(5) };

    expect(indexedAt({ state, looks }).look).toEqual(isTried ? ["look", minutesAfter(5)] : null);
  });

  it("nothing but the end of a look that is under way, should it be lost", () => {
    const mapping = { ...noMapping, nextCheckAt: minutesAfter(5) };
    const looks = { ...noLooks, tokenCheckAt: minutesAfter(5), until: minutesAfter(15) };

    expect(indexedAt({ mapping, looks }).look).toEqual(["look", minutesAfter(15)]);
  });

  it("a comparison of services, also while a look is under way", () => {
    const looks = { ...noLooks, servicesCheckAt: minutesAfter(1), until: minutesAfter(15) };

    expect(indexedAt({ looks, awaitedServiceIds: ["svc-edr"] }).look).toEqual(["look", minutesAfter(1)]);
  });

  it("a look, also while a run is under way and in a pause", () => {
    const mapping = { ...noMapping, nextCheckAt: minutesAfter(5) };

    expect(indexedAt({ mapping, currentExportId: "run" }).look).toEqual(["look", minutesAfter(5)]);
    expect(indexedAt({ mapping, ...paused(minutesAfter(90)) }).look).toEqual(["look", minutesAfter(5)]);
  });
});

describe("a date that has come", () => {
  it("is a wish as old as the date, and the schedule goes on", () => {
    const due = anIntegration({ nextRunAt: minutesAfter(-10) });

    const after = withDate(due, now());

    expect(after.wants.all).toMatchObject({ wanted: 1, since: minutesAfter(-10), trigger: "schedule" });
    // 2:00 in Prague
    expect(after.nextRunAt).toBe("2026-11-23T01:00:00.000Z");
    expect(withDate(after, now())).toEqual(after);
  });

  it("is shown as what sets the run off, and ends the wait of what was left by a refusal", () => {
    const waiting = wanting("all", { notBefore: minutesAfter(60) });

    const { wants } = withDate(anIntegration({ nextRunAt: noon, wants: waiting }), now());

    expect(wants.all).toMatchObject({ trigger: "schedule", notBefore: noon });
  });

  it.each<[string, Partial<Integration>]>([
    ["before it comes", { nextRunAt: minutesAfter(1) }],
    ["in a pause", { nextRunAt: noon, ...paused(minutesAfter(1)) }],
    ["while the partner is suspended", { nextRunAt: noon, state: "suspended" }],
    ["where there is none", { nextRunAt: null }],
  ])("wishes nothing %s", (_, value) => {
    const before = anIntegration(value);

    expect(withDate(before, now())).toEqual(before);
  });
});

it("a record that was kept before there were wants wants nothing", async () => {
  const { put } = integrationWrite(anIntegration());
  const { wants, proofGen, awaitedServiceIds, sizes, ...old } = put;
  expect([wants, proofGen, awaitedServiceIds, sizes]).not.toContain(undefined);
  const table = await aTableWith({ ...old, pk: put.pk, sk: put.sk, version: put.version });

  const found = await findIntegration(table, "org-1001");

  expect(found).toMatchObject({ wants: noWants, proofGen: 0, awaitedServiceIds: [], sizes: { lines: 0, toSend: 0 } });
  expect(found && isWanted(found.wants.all)).toBe(false);
  expect(integrationKey("org-1001")).toEqual({ pk: put.pk, sk: put.sk });
});
