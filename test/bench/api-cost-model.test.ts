import { describe, expect, it } from "vitest";
import { type ApiPrices, apiCost, type Calls, chargedMs, tableCallMs } from "./api-cost-model.ts";
import { totalOf } from "./cost-model.ts";
import { seenCalls } from "./measured-api.ts";
import { countedCalls } from "./units/api-units.ts";

const prices: ApiPrices = {
  lambdaGbSecond: 1,
  lambdaRequest: 2,
  sqsRequest: 1,
  dynamoWriteUnit: 3,
  dynamoReadUnit: 4,
  logGb: 1e9,
  storageGbMonth: 1,
  secretMonth: 1,
  gatewayRequest: 5,
  transferGb: 1e6,
};
const aCall: Calls = {
  times: 10,
  memoryMb: 512,
  cpuMs: 100,
  tableCalls: 2,
  readUnits: 3,
  writeUnits: 1,
  kilobytes: 7,
};

describe("the cost of calls of the API", () => {
  it("is requests, time, invocations, units, logs and what goes out", () => {
    const seconds = chargedMs(aCall) / 1000;
    const cost = apiCost(prices, [aCall, { ...aCall, times: 1, writeUnits: 0 }]);
    expect(cost).toEqual({
      gateway: 55,
      "functions' time": expect.closeTo(11 * seconds * 0.5),
      invocations: 22,
      writes: 30,
      reads: 132,
      logs: expect.closeTo(9_900),
      transfer: expect.closeTo(77),
    });
    expect(totalOf(cost)).toBeGreaterThan(0);
  });

  it("charges work by the share of a core, never by more than one, and waiting as it is", () => {
    expect(chargedMs({ ...aCall, memoryMb: 884.5 })).toBeCloseTo(200 + 2 * tableCallMs);
    expect(chargedMs({ ...aCall, memoryMb: 3538 })).toBeCloseTo(100 + 2 * tableCallMs);
  });
});

describe("what is charged for a call", () => {
  it("is what the endpoints take", async () => {
    const counted = await countedCalls();
    expect(counted.map(({ name }) => name)).toEqual(Object.keys(seenCalls));
    const held = new Map(Object.entries(seenCalls));
    for (const { name, calls, read, write } of counted) {
      const { readUnits = 0, writeUnits = 0, tableCalls = 0 } = held.get(name) ?? {};
      // what is packed differs by a few bytes from day to day
      expect([name, Math.abs(read - readUnits) <= 1, Math.abs(write - writeUnits) <= 1]).toEqual([name, true, true]);
      expect(tableCalls).toBeLessThanOrEqual(calls);
    }
  });
});
