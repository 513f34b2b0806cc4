import type { Taken } from "./cost-model.ts";

/** What `npm run bench:fleet -- --only cost` printed: all that the service took, by the lines of each partner. */
export const seenCosts: { lines: number; taken: Taken }[] = [
  {
    lines: 160,
    taken: {
      counts: 160_000,
      workerSeconds: 1733.3,
      workerGb: 1,
      otherSeconds: 2,
      otherGb: 0.25,
      invocations: 35,
      messages: 3,
      writeUnits: 56_846,
      readUnits: 33_208,
      logBytes: 269_000,
    },
  },
  {
    lines: 100_000,
    taken: {
      counts: 100_000,
      workerSeconds: 1056.4,
      workerGb: 1,
      otherSeconds: 1.2,
      otherGb: 0.25,
      invocations: 22,
      messages: 2,
      writeUnits: 18_184,
      readUnits: 31_463,
      logBytes: 275,
    },
  },
];

/** Of a partner with 160 lines, the same command: rows, write units and read units of a run. */
const unitsOfRun: [rows: string, write: number, read: number][] = [
  ["export", 14.4, 3.7],
  ["integration", 12, 3],
  ["chunk", 10.2, 2.2],
  ["limiter", 8.2, 0.4],
  ["event", 4, 0],
  ["admission", 4, 1.1],
  ["ledger", 3.9, 3],
  ["usage", 0, 12.4],
  ["breaker", 0, 1.8],
  ["customer", 0, 2],
  ["service", 0, 2],
  ["due, an index", 0, 1.2],
];

export const measured = {
  unitsOfRun,
  // `npm run bench:scale -- --only large`
  unchangedLine: { write: 0.085, read: 0.279 },
  storedBytesPerLine: 23,
};
