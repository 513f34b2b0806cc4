import { describe, expect, it } from "vitest";
import { isAstray } from "#local/page-parts/double-clicks";

describe("a double click", () => {
  const [first, next] = [{ name: "first row" }, { name: "next row" }];
  const click = (at: number, pressed: object | null, x = 100) => ({ at, x, y: 50, pressed });

  it.each([
    ["presses nothing that has come in the place of the first", click(1000, first), click(1200, next), true],
    ["may press the same twice, which guards itself", click(1000, first), click(1200, first), false],
    ["is none after a while", click(1000, first), click(1600, next), false],
    ["is none at another place", click(1000, first), click(1200, next, 140), false],
    ["is none without a first click", undefined, click(1200, next), false],
  ])("%s", (_what, before, now, isStray) => {
    expect(isAstray(before, now)).toBe(isStray);
  });
});
