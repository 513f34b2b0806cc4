import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { costDocument } from "./cost-document.ts";
import { costPerMillion, type Measured, type Prices, storagePerMillion } from "./cost-model.ts";

const prices: Prices = {
  lambdaGbSecond: 1,
  lambdaRequest: 1,
  sqsFifoRequest: 1,
  dynamoWriteUnit: 1,
  dynamoReadUnit: 1,
  logGb: 1,
  storageGbMonth: 1,
  secretMonth: 1,
};
const measured: Measured = {
  linesPerSecond: 100,
  writeUnits: { each: 10, line: 0.5 },
  readUnits: { each: 5, line: 0.25 },
  unchangedLine: { write: 0.1, read: 0.1 },
  rateUnits: { 1: { write: 0.1, read: 0 }, 8: { write: 0.2, read: 0.1 } },
  overheadSeconds: 2,
  logBytesPerExport: 1000,
  storedBytesPerLine: 20,
};

describe("the cost of a million counts", () => {
  it("is time, invocations, messages, units and logs", () => {
    const { total, ...parts } = costPerMillion(prices, measured, { linesPerExport: 1000, workers: 1 });
    expect(parts).toEqual({
      // 1,000 exports of 2 s, and 10,000 s of sending, a quarter of a GB each
      lambdaTime: 3000,
      lambdaRequests: 2000,
      sqs: 3000,
      writes: 610_000,
      reads: 255_000,
      logs: 0.001,
    });
    expect(total).toBeCloseTo(873_000.001);
  });

  it("pays for every worker that waits for the shared rate, and for what they reserve in each other's way", () => {
    const cost = costPerMillion(prices, measured, { linesPerExport: 1000, workers: 4 });
    expect(cost).toMatchObject({ lambdaTime: 10_500, writes: 710_000, reads: 355_000 });
  });

  it("pays for an invocation, a message and a log more with every hand-over", () => {
    // 1,000 s: four hand-overs
    const cost = costPerMillion(prices, measured, { linesPerExport: 100_000, workers: 1 });
    expect(cost).toMatchObject({ lambdaRequests: 60, sqs: 150 });
  });

  it("keeps receipts for 13 months", () => {
    expect(storagePerMillion(prices, measured)).toBeCloseTo(0.02 * 13);
  });
});

describe("docs/cost.md", () => {
  it("is what the model says; run `node test/bench/cost.ts` after a change", () => {
    expect(readFileSync(new URL("../../docs/cost.md", import.meta.url), "utf8")).toBe(costDocument());
  });
});
