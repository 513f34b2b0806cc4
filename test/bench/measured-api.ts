import { usualMemoryMb, wholeCoreMb } from "#infra/export-workers";
import type { Calls } from "./api-cost-model.ts";

type Seen = Omit<Calls, "times">;

/**
 * Calls of a partner with 200 lines. Units and calls of the table are counted (`units/api-units.ts`, a test holds them
 * against this list); `tableCalls` are those that are waited for, one after the other. Processor time and kilobytes are
 * what `npm run bench:api` printed on 2026-11-26 at a load of 0.1; 40 customers are charged as its batch of 500.
 */
export const seenCalls = {
  "the integration": { memoryMb: wholeCoreMb, cpuMs: 13, tableCalls: 3, readUnits: 3, writeUnits: 0, kilobytes: 1.2 },
  "the mapping": { memoryMb: wholeCoreMb, cpuMs: 28, tableCalls: 6, readUnits: 13, writeUnits: 0, kilobytes: 0.7 },
  "a page of usage": { memoryMb: wholeCoreMb, cpuMs: 32, tableCalls: 5, readUnits: 50, writeUnits: 0, kilobytes: 57.7 },
  "the runs": { memoryMb: wholeCoreMb, cpuMs: 5, tableCalls: 1, readUnits: 1, writeUnits: 0, kilobytes: 0.5 },
  "one run": { memoryMb: wholeCoreMb, cpuMs: 5, tableCalls: 1, readUnits: 1, writeUnits: 0, kilobytes: 0.5 },
  "a page of receipts": {
    memoryMb: wholeCoreMb,
    cpuMs: 17,
    tableCalls: 3,
    readUnits: 4,
    writeUnits: 0,
    kilobytes: 46.6,
  },
  "a page of the audit trail": {
    memoryMb: wholeCoreMb,
    cpuMs: 24,
    tableCalls: 1,
    readUnits: 1,
    writeUnits: 0,
    kilobytes: 46.5,
  },
  "Send usage": { memoryMb: usualMemoryMb, cpuMs: 19, tableCalls: 4, readUnits: 2, writeUnits: 17, kilobytes: 0.4 },
  "40 customers again": {
    memoryMb: usualMemoryMb,
    cpuMs: 124,
    tableCalls: 2,
    readUnits: 41,
    writeUnits: 0,
    kilobytes: 0,
  },
  // the rows of 16 customers are written at once
  "200 counts": { memoryMb: wholeCoreMb, cpuMs: 57, tableCalls: 9, readUnits: 87, writeUnits: 41, kilobytes: 0 },
} satisfies Record<string, Seen>;
type Name = keyof typeof seenCalls;

/** Of the largest partner, the same: a thousand counts of 200 customers, charged as a thousand of as many customers. */
const thousandCounts: Seen = {
  memoryMb: wholeCoreMb,
  cpuMs: 1162,
  tableCalls: 20,
  readUnits: 5 * seenCalls["200 counts"].readUnits,
  writeUnits: 5 * seenCalls["200 counts"].writeUnits,
  kilobytes: 0,
};
const fiveHundredCustomers: Seen = {
  memoryMb: usualMemoryMb,
  cpuMs: 115,
  tableCalls: 7,
  readUnits: 502,
  writeUnits: 0,
  kilobytes: 0,
};

const workdays = 22;
const days = 30;
/** Two people look in on each workday, for five minutes: the page asks for the integration every three seconds. */
const visits = 2 * workdays;
const asksPerVisit = (5 * 60) / 3;
const sendsAMonth = 4;

const times = (count: number, name: Name): Calls => ({ times: count, ...seenCalls[name] });

export const months: { what: string; calls: Calls[] }[] = [
  {
    what: "the page of a partner with 200 lines",
    calls: [
      times(visits * asksPerVisit, "the integration"),
      times(visits, "the mapping"),
      times(visits, "a page of usage"),
      times(visits, "the runs"),
      times(visits, "one run"),
      times(visits, "a page of receipts"),
      times(visits, "a page of the audit trail"),
      times(sendsAMonth, "Send usage"),
    ],
  },
  { what: "its feed, once a day", calls: [times(days, "40 customers again"), times(days, "200 counts")] },
  {
    what: "its feed, every hour",
    calls: [times(24 * days, "40 customers again"), times(24 * days, "200 counts")],
  },
  {
    what: "the feed of a partner with 100,000 lines, once a day",
    calls: [
      { times: 40 * days, ...fiveHundredCustomers },
      { times: 100 * days, ...thousandCounts },
    ],
  },
];
