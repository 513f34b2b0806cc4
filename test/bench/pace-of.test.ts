import { describe, expect, it } from "vitest";
import { paceOf } from "./pace-of.ts";

describe("the pace that a Gradient saw", () => {
  it("leaves the beginning and the end out of the steady part", () => {
    // one a second, then 50 a second, then one a second
    const slow = [0, 1000, 2000];
    const quick = Array.from({ length: 301 }, (_, index) => 2000 + index * 20).slice(1);
    const accepted = [...slow, ...quick, 9000, 10_000].toReversed();

    expect(paceOf({ accepted, refused: 3 })).toEqual({ accepted: 305, refused: 3, steady: 50, whole: 30.4 });
  });

  it("is nothing where nothing was sent", () => {
    expect(paceOf({ accepted: [], refused: 0 })).toEqual({ accepted: 0, refused: 0, steady: 0, whole: 0 });
  });
});
