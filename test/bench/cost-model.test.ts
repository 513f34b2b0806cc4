import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { costDocument } from "./cost-document.ts";
import { costPerMillion, type Prices, storagePerMillion, totalOf } from "./cost-model.ts";

const prices: Prices = {
  lambdaGbSecond: 1,
  lambdaRequest: 1,
  sqsRequest: 1,
  dynamoWriteUnit: 1,
  dynamoReadUnit: 1,
  logGb: 1,
  storageGbMonth: 1,
  secretMonth: 1,
};

describe("the cost of a million counts", () => {
  it("is time, invocations, messages, units and logs", () => {
    const cost = costPerMillion(prices, {
      counts: 500_000,
      workerSeconds: 6_000,
      workerGb: 0.5,
      otherSeconds: 40,
      otherGb: 0.25,
      invocations: 1_000,
      messages: 100,
      writeUnits: 80_000,
      readUnits: 70_000,
      logBytes: 400_000,
    });
    expect(cost).toEqual({
      "worker's time": 6_000,
      "relay's and admission's time": 20,
      invocations: 2_000,
      SQS: 600,
      writes: 160_000,
      reads: 140_000,
      // a megabyte in half a million counts, with what Lambda logs
      logs: 0.002,
    });
    expect(totalOf(cost)).toBeCloseTo(308_620.002);
  });

  it("keeps receipts for 13 months", () => {
    expect(storagePerMillion(prices, { storedBytesPerLine: 20 })).toBeCloseTo(0.02 * 13);
  });
});

describe("docs/cost.md", () => {
  it("is what the model says; run `node test/bench/cost.ts` after a change", () => {
    expect(readFileSync(new URL("../../docs/cost.md", import.meta.url), "utf8")).toBe(costDocument());
  });
});
