import { describe, expect, it } from "vitest";
import { pressOf } from "#local/hub-ui/page/answers";

const now = Date.parse("2026-11-26T12:00:00.000Z");
const minuteMs = 60_000;

describe("a press whose answer was lost", () => {
  const lost = pressOf('{"body":{"mode":"changes"}}', undefined, now);

  it("goes out under the same key when it is made again", () => {
    expect(pressOf(lost.said, lost, now + 2 * minuteMs)).toBe(lost);
  });

  it("is another one when something else is asked for", () => {
    expect(pressOf('{"body":{"mode":"full"}}', lost, now + 1).key).not.toBe(lost.key);
  });

  it("is another wish some minutes later: an hour later the run of then is not what is asked for", () => {
    const later = pressOf(lost.said, lost, now + 5 * minuteMs);

    expect(later.key).not.toBe(lost.key);
    // which has a key of its own from then on
    expect(pressOf(lost.said, later, now + 9 * minuteMs)).toBe(later);
  });
});
