/** In US dollars, for us-east-1 without any free tier. */
export interface Prices {
  lambdaGbSecond: number;
  lambdaRequest: number;
  sqsRequest: number;
  dynamoWriteUnit: number;
  dynamoReadUnit: number;
  logGb: number;
  storageGbMonth: number;
  secretMonth: number;
}

/** List prices; check them before quoting any to a customer. */
export const listPrices: Prices = {
  lambdaGbSecond: 0.0000133334,
  lambdaRequest: 0.2e-6,
  sqsRequest: 0.4e-6,
  dynamoWriteUnit: 0.625e-6,
  dynamoReadUnit: 0.125e-6,
  logGb: 0.5,
  storageGbMonth: 0.25,
  secretMonth: 0.4,
};

/** What the whole service takes while it sends some counts. */
export interface Taken {
  /** Counts that Gradient has accepted. */
  counts: number;
  workerSeconds: number;
  workerGb: number;
  /** Of the relay, and of the job of each minute. */
  otherSeconds: number;
  otherGb: number;
  invocations: number;
  messages: number;
  writeUnits: number;
  readUnits: number;
  logBytes: number;
}

export const costParts = [
  "worker's time",
  "relay's and admission's time",
  "invocations",
  "SQS",
  "writes",
  "reads",
  "logs",
] as const;
export type Cost = Record<(typeof costParts)[number], number>;

// into the queue, out of it, deleted
const sqsRequestsPerMessage = 3;
// what Lambda logs of each invocation by itself: a guess
const lambdaLogBytes = 600;
const million = 1e6;

/** Dollars for a million counts, by part. */
export const costPerMillion = (prices: Prices, taken: Taken): Cost => {
  const per = million / taken.counts;
  const { workerSeconds, workerGb, otherSeconds, otherGb, invocations, messages, writeUnits, readUnits } = taken;
  return {
    "worker's time": workerSeconds * workerGb * prices.lambdaGbSecond * per,
    "relay's and admission's time": otherSeconds * otherGb * prices.lambdaGbSecond * per,
    invocations: invocations * prices.lambdaRequest * per,
    SQS: messages * sqsRequestsPerMessage * prices.sqsRequest * per,
    writes: writeUnits * prices.dynamoWriteUnit * per,
    reads: readUnits * prices.dynamoReadUnit * per,
    logs: ((taken.logBytes + invocations * lambdaLogBytes) / 1e9) * prices.logGb * per,
  };
};

export const totalOf = (cost: Record<string, number>): number =>
  Object.values(cost).reduce((sum, part) => sum + part, 0);

// receipts are kept for 13 months
const keptMonths = 13;

/** Dollars for keeping the receipts of a million lines until they expire. */
export const storagePerMillion = (prices: Prices, { storedBytesPerLine }: { storedBytesPerLine: number }): number =>
  ((million * storedBytesPerLine) / 1e9) * prices.storageGbMonth * keptMonths;
