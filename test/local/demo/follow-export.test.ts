import { describe, expect, it } from "vitest";
import { begunAgainMs, endWords, exportTimeoutMs, takenUpAgainMs } from "#local/demo/steps/follow-export";
import { unattendedAt } from "#shared/exports/attention";
import { leaseMs } from "#shared/exports/export-lease";

const now = Date.parse("2026-11-27T07:00:00Z");
const instant = (ms: number) => new Date(ms).toISOString();
// `admit-exports` has just looked
const jobEveryMs = 60_000;
const run = {
  lane: "on-demand" as const,
  admittedFor: null,
  lease: null,
  queuedAt: instant(now),
  progressAt: instant(now),
  stalls: 0,
};

describe("what the demo says of a run that stands still", () => {
  it.each([
    ["whose worker is dead", takenUpAgainMs, { lease: { until: instant(now + leaseMs) } }],
    ["whose message is lost", begunAgainMs, {}],
  ])("is no promise that the service does not keep, of a run %s", (_, promisedMs, how) => {
    const dueMs = unattendedAt({ ...run, ...how }) + jobEveryMs - now;

    expect(promisedMs).toBeGreaterThanOrEqual(dueMs);
    expect(promisedMs).toBeLessThanOrEqual(dueMs + 10_000);
    expect(exportTimeoutMs).toBeGreaterThan(promisedMs);
  });
});

describe("the words for an export's end", () => {
  it("leave out no line", () => {
    const totals = { lines: 143, accepted: 100, unchanged: 4, unmapped: 11, rejected: 1, deferred: 27, superseded: 0 };
    const run = { id: "export-1", trigger: "mapping", mode: "full", state: "finished" as const, outcome: "partial" };

    expect(endWords({ ...run, totals })).toBe(
      "100 accepted, 4 unchanged, 1 rejected and 11 unmapped, 27 left over, of 143 lines",
    );
  });
});
