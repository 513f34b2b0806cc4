import { describe, expect, it } from "vitest";
import type { Obstacle } from "#shared/breakers/state/obstacle";
import { closingUntil, nextTryAt } from "#shared/integrations/record/closing";
import { zerosLeft } from "#shared/views/zeros-left";
import { anIntegration } from "#test/builders/integration";
import { minutesAfter, noon } from "#test/builders/time";

const { token, gradient } = anIntegration();
if (!token || !gradient) throw new Error("An integration has a token.");
const by = { actor: "person-1", actorName: null, address: null };
const asked = { finalCounts: "zero" as const, remaining: 117, until: closingUntil(noon), token, gradient, by };
const closing = { ...asked, retryAt: nextTryAt(0, noon), tries: 0, refused: 0 };
const heldUntil = (retryAt: string): Obstacle => ({ scope: "partner", why: "gradient-refuses", since: noon, retryAt });

const retryAtOf = (
  changed: Partial<typeof closing>,
  {
    minutes,
    obstacle = null,
    running = null,
  }: { minutes: number; obstacle?: Obstacle | null; running?: string | null },
) =>
  zerosLeft(
    { closing: { ...closing, ...changed }, currentExportId: running },
    { obstacle, now: new Date(minutesAfter(minutes)) },
  )?.retryAt;

describe("zeros of a disconnect", () => {
  it("are none where nobody has asked for them", () => {
    expect(zerosLeft({ closing: null, currentExportId: null }, { obstacle: null, now: new Date(noon) })).toBeNull();
  });

  it("wait for nothing while they are about to go out, go out, or are through", () => {
    expect(retryAtOf({}, { minutes: 0.5 })).toBeNull();
    expect(retryAtOf({ tries: 2 }, { minutes: 3, running: "export-1" })).toBeNull();
    expect(retryAtOf({ remaining: 0, tries: 1 }, { minutes: 3 })).toBeNull();
  });

  it("wait until the next try, also where the first met a hold that is over by now", () => {
    expect(retryAtOf({ tries: 1, retryAt: minutesAfter(30) }, { minutes: 1 })).toBe(minutesAfter(30));
    expect(retryAtOf({}, { minutes: 2 })).toBe(minutesAfter(15));
  });

  it("wait no shorter than Gradient's trouble holds the calls", () => {
    expect(retryAtOf({}, { minutes: 0, obstacle: heldUntil(minutesAfter(4)) })).toBe(minutesAfter(15));
    expect(retryAtOf({}, { minutes: 0, obstacle: heldUntil(minutesAfter(60)) })).toBe(minutesAfter(60));
  });
});
