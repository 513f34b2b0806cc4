/** In US dollars, for us-east-1 without any free tier. */
export interface Prices {
  lambdaGbSecond: number;
  lambdaRequest: number;
  sqsFifoRequest: number;
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
  sqsFifoRequest: 0.5e-6,
  dynamoWriteUnit: 0.625e-6,
  dynamoReadUnit: 0.125e-6,
  logGb: 0.5,
  storageGbMonth: 0.25,
  secretMonth: 0.4,
};

/** What the benches measured. */
export interface Measured {
  linesPerSecond: number;
  /** Of an export, the rate's not among them: `each` for every export, `line` for every line. */
  writeUnits: { each: number; line: number };
  readUnits: { each: number; line: number };
  /** Of a line that a run of changes looks at and does not send. */
  unchangedLine: { write: number; read: number };
  /** For every call, with so many workers that share the rate. */
  rateUnits: Record<number, { write: number; read: number }>;
  /** What an export takes beside its lines' time: planning, the last answers, closing. */
  overheadSeconds: number;
  logBytesPerExport: number;
  storedBytesPerLine: number;
}

export interface Situation {
  linesPerExport: number;
  /** Workers that share the one rate: each is paid for while it waits for its slots. */
  workers: number;
}

const memoryGb = 0.25;
// the worker hands over 75 s before its 300 s are up
const secondsPerInvocation = 225;
// into the queue, out of it, deleted
const sqsRequestsPerMessage = 3;
// the worker's, and the relay's that brings the export to its queue
const invocationsPerExport = 2;
const million = 1e6;

export interface Cost {
  lambdaTime: number;
  lambdaRequests: number;
  sqs: number;
  writes: number;
  reads: number;
  logs: number;
  total: number;
}

/** The nearest measured number of workers that is not smaller. */
const rateUnitsFor = (measured: Measured, workers: number) => {
  const known = Object.keys(measured.rateUnits)
    .map(Number)
    .toSorted((a, b) => a - b);
  const units = measured.rateUnits[known.find((count) => count >= workers) ?? known.at(-1) ?? 0];
  if (units === undefined) throw new Error("The rate's units were not measured");
  return units;
};

/** Dollars for a million calls that set a count, where every export has so many lines. */
export const costPerMillion = (prices: Prices, measured: Measured, { linesPerExport, workers }: Situation): Cost => {
  const exports = million / linesPerExport;
  const rate = rateUnitsFor(measured, workers);
  const seconds = exports * measured.overheadSeconds + (million / measured.linesPerSecond) * workers;
  const handOvers = Math.floor(((linesPerExport / measured.linesPerSecond) * workers) / secondsPerInvocation);
  const messages = exports * (1 + handOvers);
  const parts = {
    lambdaTime: seconds * memoryGb * prices.lambdaGbSecond,
    lambdaRequests: exports * (invocationsPerExport + handOvers) * prices.lambdaRequest,
    sqs: messages * sqsRequestsPerMessage * prices.sqsFifoRequest,
    writes:
      (exports * measured.writeUnits.each + million * (measured.writeUnits.line + rate.write)) * prices.dynamoWriteUnit,
    reads:
      (exports * measured.readUnits.each + million * (measured.readUnits.line + rate.read)) * prices.dynamoReadUnit,
    logs: ((exports * (1 + handOvers) * measured.logBytesPerExport) / 1e9) * prices.logGb,
  };
  return { ...parts, total: Object.values(parts).reduce((sum, part) => sum + part, 0) };
};

// receipts are kept for 13 months
const keptMonths = 13;

/** Dollars for keeping the receipts of a million lines until they expire. */
export const storagePerMillion = (prices: Prices, { storedBytesPerLine }: Measured): number =>
  ((million * storedBytesPerLine) / 1e9) * prices.storageGbMonth * keptMonths;
