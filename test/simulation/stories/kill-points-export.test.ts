import { describe, expect, it } from "vitest";
import { longExport, smallExport } from "./flows.ts";
import { killedInTurn, killedOnce, killedTwice } from "./kill-points.ts";

describe("an export of a few lines in several chunks", { timeout: 3_600_000 }, () => {
  it("ends as if nothing had happened when any one step is killed, before or after", async () => {
    expect(await killedOnce(smallExport)).toEqual([]);
  });

  it("ends so when the recovery is killed, too", async () => {
    expect(await killedTwice(smallExport, { oneIn: 60 })).toEqual([]);
  });
});

describe("an export of more lines than a chunk and a row of the ledger hold", { timeout: 3_600_000 }, () => {
  it("ends as if nothing had happened when any one step is killed, before or after in turn", async () => {
    expect(await killedInTurn(longExport)).toEqual([]);
  });
});
