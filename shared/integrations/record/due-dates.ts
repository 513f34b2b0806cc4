import type { StoredSchedule } from "../../schedules/schedule.ts";
import { expectedLines, largeLines } from "./expected-lines.ts";
import type { Looks } from "./looks.ts";
import type { Sizes } from "./sizes.ts";
import { eligibleAt, type Want, type Wants } from "./wants.ts";

/** What decides on when a partner's record falls due. */
interface Dated {
  state: string;
  currentExportId: string | null;
  nextRunAt: string | null;
  mapping: { nextCheckAt: string | null };
  looks: Looks;
  awaitedServiceIds: string[];
  wants: Wants;
  schedule: StoredSchedule;
  sizes: Sizes;
  closing: { retryAt: string } | null;
  leftConnections: { retryAt: string }[];
}

/**
 * Kinds of what falls due at a partner, each found without reading past any other. Large runs are apart: while there is
 * no place for any, nobody has to look through them for a small one.
 */
export const dueKinds = {
  wanted: { index: "due", kind: "wanted" },
  wantedLarge: { index: "due", kind: "wanted-large" },
  repeats: { index: "idle", kind: "repeats" },
  look: { index: "look", kind: "look" },
} as const;

/** A repeat that has waited for so long goes with what has changed, so that no count is older than eight days. */
export const repeatPatienceMs = 12 * 60 * 60_000;

const earliest = (moments: (string | null | undefined)[]): string | undefined =>
  moments.filter((moment) => typeof moment === "string").sort()[0];

const notBefore = (moment: string, end: string | null): string => (end !== null && end > moment ? end : moment);

/** From when on repeats go with what has changed; a hold that put them off has not made them any younger. */
export const overdueFrom = (repeat: Want): string | undefined => {
  const at = eligibleAt(repeat);
  return at && notBefore(new Date(Date.parse(repeat.since ?? at) + repeatPatienceMs).toISOString(), at);
};

/** From when on a run may be admitted for what has changed, was left over, or falls on a date, and in which line. */
const wantedEntry = (value: Dated): { kind: string; at: string } | undefined => {
  const { state, currentExportId, nextRunAt: date, wants: held, schedule } = value;
  if (state !== "active" || currentExportId !== null) return undefined;
  const [first] = [
    { at: eligibleAt(held.all), kind: "all", trigger: held.all.trigger } as const,
    { at: date, kind: "all", trigger: "schedule" } as const,
    { at: eligibleAt(held.retry), kind: "retry", trigger: held.retry.trigger } as const,
    { at: overdueFrom(held.repeat), kind: "repeat", trigger: held.repeat.trigger } as const,
  ]
    .flatMap(({ at, ...run }) => (typeof at === "string" ? [{ at, run }] : []))
    .sort((a, b) => Number(a.at > b.at) - Number(a.at < b.at));
  if (!first) return undefined;
  const { kind } = expectedLines(value, first.run) > largeLines ? dueKinds.wantedLarge : dueKinds.wanted;
  return { kind, at: notBefore(first.at, schedule.pausedUntil) };
};

const repeatsAt = ({ state, currentExportId, wants: held, schedule }: Dated): string | undefined => {
  if (state !== "active" || currentExportId !== null) return undefined;
  const at = eligibleAt(held.repeat);
  return at && notBefore(at, schedule.pausedUntil);
};

/**
 * From when on somebody has to look at Gradient, or to try the token, or to compare whether an awaited service is there
 * by now. While a look is under way there is nothing to do but to notice, in the end, that it was lost.
 */
export const lookAt = ({ state, mapping, looks, awaitedServiceIds }: Omit<Dated, "closing">): string | undefined => {
  if (state === "suspended") return earliest([looks.until ?? looks.tokenCheckAt]);
  if (state !== "awaiting-mapping" && state !== "active") return undefined;
  const call = looks.until ?? earliest([mapping.nextCheckAt, looks.tokenCheckAt]);
  return earliest([call, state === "active" && awaitedServiceIds.length > 0 ? looks.servicesCheckAt : null]);
};

/** From when on somebody has to go on with the zeros of a disconnect, or with telling Gradient of a connection left. */
const farewellAt = ({ closing, leftConnections }: Dated): string | undefined =>
  earliest([closing?.retryAt, ...leftConnections.map(({ retryAt }) => retryAt)]);

/** Where the partner's row stands in the indexes. */
export const dueEntries = (value: Dated) => {
  const [wanted, repeats] = [wantedEntry(value), repeatsAt(value)];
  const look = earliest([lookAt(value), farewellAt(value)]);
  return {
    ...(wanted === undefined ? {} : { dueKind: wanted.kind, dueAt: wanted.at }),
    ...(repeats === undefined ? {} : { idleKind: dueKinds.repeats.kind, idleAt: repeats }),
    ...(look === undefined ? {} : { lookKind: dueKinds.look.kind, lookAt: look }),
  };
};
