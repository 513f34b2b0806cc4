import type { Measured } from "./cost-model.ts";

/** What `npm run bench:scale` and `npm run bench:pace` printed; docs/performance.md has the runs. */
export const measured: Measured = {
  linesPerSecond: 94.9,
  // starting an export: 16 and 1; bringing it to its queue: 1; its own 20 lines' worth without what those lines cost
  writeUnits: { each: 32, line: 0.127 },
  readUnits: { each: 12, line: 0.278 },
  unchangedLine: { write: 0.085, read: 0.278 },
  rateUnits: { 1: { write: 0.0505, read: 0.0021 }, 8: { write: 0.07, read: 0.07 } },
  overheadSeconds: 0.7,
  logBytesPerExport: 900,
  storedBytesPerLine: 25,
};
