import { setLogLevel } from "#shared/logger";
import type { History } from "./history/history.ts";
import { playHistory } from "./history/play.ts";
import { isAtRest, isSomethingUnderWay } from "./invariants/at-rest.ts";
import { brokenAtTheEnd } from "./invariants/at-the-end.ts";
import { watchSuspensions } from "./invariants/suspensions.ts";
import { watchWants } from "./invariants/wants.ts";
import { type Wishes, watchWishes } from "./invariants/wishes.ts";
import { type World, type WorldOptions, worldOf } from "./world/world.ts";

setLogLevel("SILENT");
// the failures that the ports throw are told by their names; taking a stack for each costs a tenth of the time
Error.stackTraceLimit = 0;

const hourMs = 3_600_000;
/**
 * The longest wait that the service allows itself: after a 403 it tries again every four hours, otherwise every hour.
 * That a customer can be read again it finds with a look, of which a quiet partner has one a day.
 */
const settleMs = ({ badDays }: History): number => {
  if (badDays.some(({ kind }) => kind === "unreadable")) return 26 * hourMs;
  return badDays.some(({ kind, status }) => kind === "forbidden" || status === 401 || status === 403)
    ? 5.5 * hourMs
    : 1.5 * hourMs;
};

/** When the last trouble is over, and when something happens from outside at all. */
const endOfTrouble = ({ badDays }: History): number => Math.max(0, ...badDays.map(({ until }) => until));
const momentsOf = ({ happenings, badDays, spells }: History): number[] => [
  ...happenings.map(({ at }) => at),
  ...[...badDays, ...spells].flatMap(({ from, until }) => [from, until]),
];

const sliceMs = 30 * 60_000;
// Tried again and again where nothing comes of it, for days: each time is like the one before.
const quietEvents = 1_500;

/**
 * The history's time, up to its end, or to the moment at which so much has happened without anything from outside that
 * it only repeats itself: what would come after that does not happen then.
 */
const playTime = async ({ line, history, script }: World): Promise<void> => {
  const moments = momentsOf(history);
  const end = history.startsAt + history.lengthMs;
  let quiet = 0;
  while (line.now() < end && quiet < quietEvents) {
    const [from, before] = [line.now() - history.startsAt, line.events()];
    await line.run(Math.min(end, line.now() + sliceMs));
    const until = line.now() - history.startsAt;
    const isQuiet = !moments.some((at) => at >= from - sliceMs && at <= until);
    quiet = isQuiet ? quiet + line.events() - before : 0;
  }
  script.endsAt = line.now();
  await line.run(Math.max(line.now(), history.startsAt + endOfTrouble(history)));
};

// often at first: most have little left to do
const looksMs = [20_000, 20_000, 40_000, 60_000] as const;
const lookEveryMs = 5 * 60_000;

/** Nobody presses anything from here on: the service comes to rest by itself, in the time that it is given. */
const settle = async (world: World, wishes: Wishes): Promise<void> => {
  const { line, history } = world;
  const end = line.now() + settleMs(history);
  for (let looks = 0; line.now() < end; looks += 1) {
    if (isAtRest(world, wishes)) return;
    await line.run(line.now() + (looksMs[looks] ?? lookEveryMs));
  }
  // where something is in trouble for good, a run may have begun just now, and the next one may before long
  const overBy = line.now() + lookEveryMs;
  while (isSomethingUnderWay(world, wishes) && line.now() < overBy) await line.run(line.now() + looksMs[0]);
};

/** Plays a history, lets the time pass that the service needs to come to rest, and answers what did not hold. */
export const simulate = async (history: History, options: WorldOptions = {}): Promise<string[]> => {
  const world = worldOf(history, options);
  const { accusations } = world;
  const wishes = watchWishes(world);
  watchWants(world, wishes);
  watchSuspensions(world);
  try {
    playHistory(world);
    await playTime(world);
    await settle(world, wishes);
    return [...accusations, ...(await brokenAtTheEnd(world, wishes))];
  } catch (error) {
    return [
      ...accusations,
      `crash: the simulation threw ${error instanceof Error ? (error.stack ?? error.message) : error}`,
    ];
  }
};
