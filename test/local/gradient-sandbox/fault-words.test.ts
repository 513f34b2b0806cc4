import { expect, it } from "vitest";
import { wordsOf } from "#local/gradient-sandbox/page/faults/fault-words";

it.each([
  [{ landLate: { rate: 1, ms: 5000 } }, "every call takes effect 5 s late"],
  [{ landLate: { rate: 0.5, ms: 5000 } }, "50\u00a0% of the calls take effect 5 s late"],
  [{ rate500: 1, first: 1 }, "every call is refused with 500; ends after 1 more call"],
])("says of %j what is on", (faults, words) => {
  expect(wordsOf({ matched: 0, ...faults }).join("; ")).toBe(words);
});
