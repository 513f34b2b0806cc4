import { setLogLevel } from "#shared/logger";
import type { History } from "./history/history.ts";
import { playHistory } from "./history/play.ts";
import { isAtRest } from "./invariants/at-rest.ts";
import { brokenAtTheEnd } from "./invariants/at-the-end.ts";
import { watchWants } from "./invariants/wants.ts";
import { type Wishes, watchWishes } from "./invariants/wishes.ts";
import { type World, type WorldOptions, worldOf } from "./world/world.ts";

setLogLevel("SILENT");
// the failures that the ports throw are told by their names; taking a stack for each costs a tenth of the time
Error.stackTraceLimit = 0;

const hourMs = 3_600_000;
/**
 * The longest wait that the service allows itself: after a 403 it tries again every four hours, otherwise every hour.
 */
const settleMs = ({ badDays }: History): number =>
  badDays.some(({ kind }) => kind === "forbidden") ? 5.5 * hourMs : 1.5 * hourMs;

/** When the last trouble is over. */
const endOf = ({ lengthMs, badDays }: History): number => Math.max(lengthMs, ...badDays.map(({ until }) => until));

const lookEveryMs = 5 * 60_000;

/** Nobody presses anything from here on: the service comes to rest by itself, in the time that it is given. */
const settle = async (world: World, wishes: Wishes): Promise<void> => {
  const { line, history } = world;
  const end = line.now() + settleMs(history);
  while (line.now() < end) {
    await line.run(line.now() + lookEveryMs);
    if (isAtRest(world, wishes)) return;
  }
};

/** Plays a history, lets the time pass that the service needs to come to rest, and answers what did not hold. */
export const simulate = async (history: History, options: WorldOptions = {}): Promise<string[]> => {
  const world = worldOf(history, options);
  const { line, accusations } = world;
  const wishes = watchWishes(world);
  watchWants(world, wishes);
  try {
    playHistory(world);
    await line.run(history.startsAt + endOf(history));
    await settle(world, wishes);
    return [...accusations, ...(await brokenAtTheEnd(world, wishes))];
  } catch (error) {
    return [
      ...accusations,
      `crash: the simulation threw ${error instanceof Error ? (error.stack ?? error.message) : error}`,
    ];
  }
};
