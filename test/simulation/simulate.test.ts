import { expect, it } from "vitest";
import { simulate } from "./simulate.ts";
import { calmHistory } from "./stories/calm-history.ts";

const hourMs = 3_600_000;

it("does not play for days what only repeats itself", async () => {
  // nobody tells the hub of the new key, and with one partner alone nobody can tell whose fault its refusals are
  const calm = calmHistory({ dueInMs: 10_000 });
  const deed = { does: "new-key", isOtherConnection: false, keepsOld: true, pastedAfterMs: null } as const;
  let events = 0;

  const faults = await simulate(
    { ...calm, lengthMs: 72 * hourMs, happenings: [{ at: 5_000, partner: 0, deed }] },
    {
      trace: () => {
        events += 1;
      },
    },
  );

  expect(faults).toEqual([]);
  expect(events).toBeGreaterThan(500);
  expect(events).toBeLessThan(6_000);
});
