import { describe, expect, it } from "vitest";
import { firstConnection } from "./flows.ts";
import { killedOnce, killedTwice } from "./kill-points.ts";

describe("the way from nothing to the first export", { timeout: 3_600_000 }, () => {
  it("ends as if nothing had happened when any one step is killed, before or after", async () => {
    expect(await killedOnce(firstConnection)).toEqual([]);
  });

  it("ends so when the recovery is killed, too", async () => {
    expect(await killedTwice(firstConnection, { oneIn: 600 })).toEqual([]);
  });
});
