import { describe, expect, it } from "vitest";
import { sumUp } from "#local/hub-ui/page/screens/usage/sum-up";
import { verdictOf } from "../../../local/hub-ui/page/screens/overview/in-gradient.tsx";
import { LastRun } from "../../../local/hub-ui/page/screens/overview/last-run.tsx";
import { rendered } from "./rendered.ts";

const exportRoute = "GET /v1/integrations/gradient/exports/{exportId}";

describe("whether the usage is in Gradient", () => {
  const line = {
    customerId: "c-1",
    customerName: "Alder",
    serviceId: "s-1",
    serviceName: "Backup",
    unitCount: 5,
    asOf: "2026-11-26T11:00:00.000Z",
    lastOutcome: "accepted" as const,
    isInDoubt: false,
    isMapped: true,
    lastAccepted: { unitCount: 5, at: "2026-11-26T10:00:00.000Z" },
  };
  const told = (facts: object, isAll = true) => verdictOf(sumUp([{ ...line, ...facts }]), isAll).text;

  it("is a plain yes only of all lines, with an answer for each", () => {
    expect(told({})).toBe("Yes");
    expect(told({}, false)).toBe("Yes, as far as it was summed up");
    expect(told({ isInDoubt: true, lastOutcome: "deferred" })).toBe("Not certain of all");
    expect(told({ unitCount: 0, lastAccepted: null, lastOutcome: null })).toBe("Yes");
    expect(told({ unitCount: 7, isInDoubt: true })).toBe("Not all of it");
  });
});

describe("the last run", () => {
  const last = { id: "run-1", outcome: "failed", finishedAt: "2026-11-28T11:00:00.000Z" };
  const shown = (...runs: object[]) =>
    rendered(
      LastRun,
      { last },
      { answers: runs.map((run) => [exportRoute, { path: { exportId: last.id } }, run] as const) },
    );

  it("is called cancelled where somebody has cancelled it, and else by its outcome", () => {
    const over = { mode: "changes", finishedAt: last.finishedAt, outcome: "failed", stoppedBy: "cancelled" };
    expect(shown({ ...over, state: "cancelled" })).toContain("Cancelled");
    expect(shown({ ...over, state: "finished", stoppedBy: null })).toContain("Failed");
    // before it has been read, or where it cannot be
    expect(shown()).toContain("Failed");
  });
});
