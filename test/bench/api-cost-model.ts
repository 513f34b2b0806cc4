import { listPrices, type Prices } from "./cost-model.ts";

/** List prices of us-east-1, beside those of the table and the functions. */
export interface ApiPrices extends Prices {
  /** HTTP API, up to 512 kB each way. */
  gatewayRequest: number;
  transferGb: number;
}

/** Check them, too, before quoting any. */
export const apiListPrices: ApiPrices = { ...listPrices, gatewayRequest: 1e-6, transferGb: 0.09 };

/** One kind of call, as often as it is made in the time that is looked at. */
export interface Calls {
  times: number;
  memoryMb: number;
  /** Processor time of one call. */
  cpuMs: number;
  /** One after the other: each is waited for. */
  tableCalls: number;
  readUnits: number;
  writeUnits: number;
  /** Of the answer. */
  kilobytes: number;
}

export const apiCostParts = [
  "gateway",
  "functions' time",
  "invocations",
  "writes",
  "reads",
  "logs",
  "transfer",
] as const;
export type ApiCost = Record<(typeof apiCostParts)[number], number>;

// of the 1,769 MB that have one core
const coreMb = 1769;
// DynamoDB says "single-digit milliseconds"; not measured
export const tableCallMs = 6;
// what Lambda logs of a call by itself, and our own line: a guess
const logBytes = 900;

/** What one call is charged for: its work at the share of a core that its memory has, and its waiting. */
export const chargedMs = ({ memoryMb, cpuMs, tableCalls }: Calls): number =>
  cpuMs * Math.max(1, coreMb / memoryMb) + tableCalls * tableCallMs;

/** Dollars for these calls, by part. */
export const apiCost = (prices: ApiPrices, calls: readonly Calls[]): ApiCost => {
  const sum = (of: (call: Calls) => number): number => calls.reduce((all, call) => all + call.times * of(call), 0);
  const times = sum(() => 1);
  return {
    gateway: times * prices.gatewayRequest,
    "functions' time": sum((call) => (chargedMs(call) / 1000) * (call.memoryMb / 1024)) * prices.lambdaGbSecond,
    invocations: times * prices.lambdaRequest,
    writes: sum(({ writeUnits }) => writeUnits) * prices.dynamoWriteUnit,
    reads: sum(({ readUnits }) => readUnits) * prices.dynamoReadUnit,
    logs: ((times * logBytes) / 1e9) * prices.logGb,
    transfer: (sum(({ kilobytes }) => kilobytes) / 1e6) * prices.transferGb,
  };
};
