import { expect, it } from "vitest";
import { simulate } from "../simulate.ts";
import { calmHistory } from "./calm-history.ts";

const calm = calmHistory({ customers: 1 });

/** Our key is refused for a while, and whoever hears of that may be held up before it can write it down. */
const heldUp = (seed: number) => ({
  ...calm,
  seed,
  lengthMs: 5 * 60_000,
  badDays: [{ kind: "vendor-key", from: 5_000, until: 100_000, partner: null } as const],
  spells: [{ from: 0, until: 99_000 }],
  rates: { ...calm.rates, pauses: 0.04, slow: 0.1 },
  happenings: [
    { at: 51_300, partner: 0, deed: { does: "send", mode: "full" } as const },
    { at: 70_000, partner: 0, deed: { does: "check" } as const },
  ],
});

// with these the worker stands still between its 401 and its verdict, until a look has found our new key to be good
it.each([219, 245, 561])("a worker held up over its verdict reads our key anew (%i)", async (seed) => {
  expect(await simulate(heldUp(seed))).toEqual([]);
});
