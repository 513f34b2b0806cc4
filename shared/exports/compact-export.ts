import { isDeepStrictEqual } from "node:util";

// what a row without the field is read as
const usual = new Map<string, unknown>(
  Object.entries({
    reason: null,
    serviceIds: null,
    retryOf: null,
    probes: null,
    leftOver: { lines: 0, isUnanswered: false, doubtUntil: null, unreadable: 0 },
    allChunks: null,
    suspectsFrom: null,
    readAt: null,
    admittedFor: null,
    repeatsDue: 0,
    awaitedServiceIds: [],
    stalls: 0,
  }),
);

/** Without what reading puts there by itself: a row above a kilobyte costs two write units at every checkpoint. */
export const compactExport = <T extends { totals: Record<string, number>; version: number }>({
  totals,
  version,
  ...value
}: T) => ({
  ...Object.fromEntries(
    Object.entries(value).filter(([name, its]) => !usual.has(name) || !isDeepStrictEqual(its, usual.get(name))),
  ),
  totals: Object.fromEntries(Object.entries(totals).filter(([name, count]) => name === "lines" || count !== 0)),
  version,
});
