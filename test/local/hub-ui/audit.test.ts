import { describe, expect, it } from "vitest";
import { detailsInWords } from "#local/hub-ui/page/screens/audit/event-words";

describe("the details of an event", () => {
  it("are in words, in the order in which people ask, without zeros; what is not known stays", () => {
    expect(detailsInWords({ exportId: "run-1", somethingNew: 7, rejected: 0, lines: 3, outcome: "partial" })).toEqual([
      { name: "Outcome", text: "in part" },
      { name: "Lines", text: "3" },
      { name: "somethingNew", text: "7" },
    ]);
  });
});

describe("what an event says of itself", () => {
  const known = ["userAgent", "result", "lastFourBefore", "organizationBefore", "finalCounts", "remaining", "count"];

  it.each(known)("names %s in words", (name) => {
    expect(detailsInWords({ [name]: "x" })).not.toContainEqual({ name, text: "x" });
  });

  it("leaves alone what a person has written, whatever words of the service it has", () => {
    expect(detailsInWords({ reason: "full" })).toEqual([{ name: "Reason", text: "full" }]);
    expect(detailsInWords({ organizationName: "zero" })).toEqual([{ name: "Gradient organization", text: "zero" }]);
    expect(detailsInWords({ reason: "gradient.disconnected" })[0]?.text).toBe("disconnected in Gradient");
    expect(detailsInWords({ mode: "full" })[0]?.text).toBe("everything");
  });

  it("tells a schedule as the settings tell it", () => {
    const before = '{"frequency":"daily","hour":2,"pausedUntil":null} Europe/Prague';
    const after = '{"frequency":"weekly","dayOfWeek":3,"hour":5,"pausedUntil":null} UTC';

    expect(detailsInWords({ before, after })).toEqual([
      { name: "Before", text: "Every day at 02:00, Europe/Prague" },
      { name: "Now", text: "Every Wednesday at 05:00, UTC" },
    ]);
    expect(detailsInWords({ after: "nobody; bad results only" })).toEqual([
      { name: "Now", text: "nobody; bad results only" },
    ]);
    expect(detailsInWords({ after: "{not a schedule} UTC" })).toEqual([{ name: "Now", text: "{not a schedule} UTC" }]);
  });
});
