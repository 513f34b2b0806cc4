import { describe, expect, it } from "vitest";
import { consentAndFarewell } from "./consent.ts";
import { calmEnd, killedInPairs, killedInTurn } from "./kill-points.ts";

describe("a confirmation whose owner has no address yet, another key, and a disconnect", { timeout: 3_600_000 }, () => {
  it("reach the owner with a mail each, and leave no key with us", async () => {
    expect(await calmEnd(consentAndFarewell)).toEqual({
      owed: 0,
      integration: { state: "disconnected", token: null, leftConnections: [], problems: [] },
      claims: 0,
      secrets: [],
      status: "inactive",
      mails: ["agreement-confirmed sent", "disconnected sent", "token-replaced sent"],
      arrived: 3,
    });
  });

  it("end so when any one step is killed, with no mail lost and none sent again", async () => {
    expect(await killedInTurn(consentAndFarewell)).toEqual([]);
  });

  it("end so when whoever takes up what a death has left is killed, too", async () => {
    expect(await killedInPairs(consentAndFarewell, { pairs: 100 })).toEqual([]);
  });
});
