import type { Taken } from "./cost-model.ts";

/** What `npm run bench:fleet -- --only cost` printed: all that the service took, by the lines of each partner. */
export const seenCosts: { lines: number; taken: Taken }[] = [
  {
    lines: 160,
    taken: {
      counts: 160_000,
      workerSeconds: 1702.1,
      workerGb: 0.75,
      otherSeconds: 2.7,
      otherGb: 0.25,
      invocations: 35,
      messages: 3,
      writeUnits: 43_616,
      readUnits: 20_650,
      logBytes: 269_000,
    },
  },
  {
    lines: 100_000,
    taken: {
      counts: 100_000,
      workerSeconds: 1055.6,
      workerGb: 0.75,
      otherSeconds: 1.4,
      otherGb: 0.25,
      invocations: 22,
      messages: 2,
      writeUnits: 16_141,
      readUnits: 31_727,
      logBytes: 275,
    },
  },
];

/** Of a partner with 160 lines, the same command: rows, write units and read units of a run. */
const unitsOfRun: [rows: string, write: number, read: number][] = [
  ["integration", 12, 3],
  ["export", 8.2, 2.9],
  ["limiter", 8.1, 0.2],
  ["chunk", 6.6, 0.2],
  ["event", 4, 0],
  ["ledger", 2.7, 1.1],
  ["admission", 2, 1.1],
  ["usage", 0, 4.6],
  ["customer", 0, 2],
  ["breaker", 0, 3],
  ["due, an index", 0, 1.3],
  ["service", 0, 1],
];

export const measured = {
  unitsOfRun,
  // `npm run bench:scale -- --only large`
  unchangedLine: { write: 0.085, read: 0.279 },
  storedBytesPerLine: 23,
};
