import { describe, expect, it } from "vitest";
import { type Limit, limitKinds } from "#test/bench/gradient/limits";

/** Which of the moments the limit lets in. */
const letIn = (limit: Limit, moments: number[]): number[] =>
  moments.filter((at) => {
    const isAllowed = limit.allows(at);
    if (isAllowed) limit.count(at);
    return isAllowed;
  });

const everyMs = (ms: number, count: number): number[] => Array.from({ length: count }, (_, index) => index * ms);

describe("a Gradient that takes 100 a second", () => {
  it.each(["sliding", "fixed", "bucket"] as const)("takes an even 100 a second by its %s limit, not 105", (kind) => {
    expect(letIn(limitKinds[kind](100), everyMs(10, 500))).toHaveLength(500);
    expect(letIn(limitKinds[kind](100), everyMs(1000 / 105, 1050)).length).toBeLessThan(1015);
  });

  it("takes two seconds' worth at once where a fixed window ends, and never by a sliding one", () => {
    const around = Array.from({ length: 200 }, (_, index) => 900 + index);
    expect(letIn(limitKinds.fixed(100), around)).toHaveLength(200);
    expect(letIn(limitKinds.sliding(100), around)).toHaveLength(100);
  });

  it("takes ten at once by its bucket", () => {
    expect(
      letIn(
        limitKinds.bucket(100),
        Array.from({ length: 30 }, () => 5000),
      ),
    ).toHaveLength(10);
  });
});
