import { describe, expect, it } from "vitest";
import { putForward, putOff } from "#shared/integrations/put-off";
import { anIntegration } from "#test/builders/integration";
import { minutesAfter } from "#test/builders/time";

const past = minutesAfter(-5);
const at = minutesAfter(0);
const later = minutesAfter(10);
const farther = minutesAfter(60);

/** When this partner is looked at, and when its token is tried, after `failures`. */
const due = (nextCheckAt: string | null, tokenCheckAt: string | null, failures = 0) => {
  const value = anIntegration();
  return {
    ...value,
    looks: { ...value.looks, tokenCheckAt, failures },
    mapping: { ...value.mapping, nextCheckAt },
  };
};
const momentsOf = ({ mapping, looks }: ReturnType<typeof due>) => [mapping.nextCheckAt, looks.tokenCheckAt];

describe("after a try that came to nothing", () => {
  it.each([
    ["a look", "look", past, past, [later, later]],
    ["a look that had no date", "look", null, past, [later, later]],
    ["the token's trial, which puts a look off that is due earlier", "token", past, past, [later, later]],
    ["the token's trial, beside a look that comes later", "token", farther, past, [farther, later]],
    ["the token's trial, where no look is due", "token", null, past, [null, later]],
    ["a look, beside a trial that comes later", "look", past, farther, [later, farther]],
  ] as const)("nothing is due before the next one: %s", (_, tried, nextCheckAt, tokenCheckAt, moments) => {
    const value = putOff(due(nextCheckAt, tokenCheckAt, 2), tried, later);
    expect(momentsOf(value)).toEqual(moments);
    expect(value.looks.failures).toBe(3);
  });
});

describe("once that is over", () => {
  it("what was put off is due at once, and what is due already stays so", () => {
    expect(momentsOf(putForward(due(later, farther, 1), at))).toEqual([at, at]);
    expect(momentsOf(putForward(due(past, later, 1), at))).toEqual([past, at]);
    expect(momentsOf(putForward(due(null, later, 1), at))).toEqual([null, at]);
  });

  it("what was never put off keeps its date", () => {
    const value = due(later, farther);
    expect(putForward(value, at)).toBe(value);
  });

  it("nothing is written where nothing moves", () => {
    const value = due(past, null, 3);
    expect(putForward(value, at)).toBe(value);
  });
});
