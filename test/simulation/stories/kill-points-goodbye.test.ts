import { describe, expect, it } from "vitest";
import { newKeyAndGoodbye } from "./goodbye.ts";
import { calmEnd, killedInPairs, killedInTurn } from "./kill-points.ts";

describe("another key, and then a disconnect with zeros", { timeout: 3_600_000 }, () => {
  it("tell the owner of either, and leave zeros in Gradient, and no key with us", async () => {
    expect(await calmEnd(newKeyAndGoodbye)).toEqual({
      faults: [],
      owed: 0,
      integration: { state: "disconnected", closing: null, token: null },
      claims: 0,
      secrets: [],
      status: "inactive",
      counts: ["c0/gradient-s0: 0", "c1/gradient-s0: 0"],
      mails: ["disconnected sent", "token-replaced sent"],
      arrived: 2,
    });
  });

  it("end so when any one step is killed, with no mail lost and none sent again", async () => {
    expect(await killedInTurn(newKeyAndGoodbye)).toEqual([]);
  });

  it("end so when whoever takes up what a death has left is killed, too", async () => {
    expect(await killedInPairs(newKeyAndGoodbye, { pairs: 100 })).toEqual([]);
  });
});
