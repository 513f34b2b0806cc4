import type { Measured } from "./cost-model.ts";

/** What `npm run bench:scale` and `npm run bench:pace` printed; docs/performance.md has the runs. */
export const measured: Measured = {
  linesPerSecond: 94.9,
  // starting an export writes 16 units, bringing it to its queue one, and 20 lines 19, two of them for the lines
  // themselves
  writeUnits: { each: 34, line: 0.127 },
  readUnits: { each: 10, line: 0.279 },
  unchangedLine: { write: 0.085, read: 0.279 },
  // blocks for each call as the worker reserved them; with eight, as eight senders saw it, refused writes among them
  rateUnits: { 1: { write: 0.044, read: 0.001 }, 8: { write: 0.047, read: 0.046 } },
  // 160 lines took 2.3 s, 1.7 s of them at 95 a second
  overheadSeconds: 0.6,
  logBytesPerExport: 1200,
  storedBytesPerLine: 23,
};
