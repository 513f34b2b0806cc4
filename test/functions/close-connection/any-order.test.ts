import { describe, expect, it } from "vitest";
import { everyChoice } from "#test/builders/every-choice";
import { type Deed, playFarewell } from "#test/builders/farewells";

const wrongAfter = async (script: Deed[], mayDie: boolean): Promise<string[]> => {
  const wrong: string[] = [];
  await everyChoice(async (choose) => {
    wrong.push(...(await playFarewell(script, { choose, mayDie })));
  });
  return wrong;
};

/** A partner has replaced one connection by another, and the message about the first waits while people do this. */
const scripts: Deed[][] = [
  [],
  ["a"],
  ["keep"],
  ["zero"],
  ["keep", "start"],
  ["zero", "start"],
  ["keep", "start", "a"],
  ["keep", "start", "b"],
  ["keep", "start", "c"],
  ["zero", "start", "a"],
  ["zero", "start", "b"],
  ["zero", "start", "c"],
  ["a", "keep"],
  ["c", "keep"],
  ["a", "b", "keep"],
];
const named = (script: Deed[]) => ({ script, what: script.join(", ") || "nothing" });

describe("what is left hears of it once, and no key is left over or missing, in whatever order messages come", {
  timeout: 60_000,
}, () => {
  it.each(scripts.map(named))("$what", async ({ script }) => {
    expect(await wrongAfter(script, false)).toEqual([]);
  });

  it.each(scripts.slice(0, 5).map(named))(
    "$what, and any worker may die after any of its steps",
    async ({ script }) => {
      expect(await wrongAfter(script, true)).toEqual([]);
    },
  );
});
