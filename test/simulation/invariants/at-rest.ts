import type { Integration } from "#shared/integrations/integration";
import { isWanted } from "#shared/integrations/record/wants";
import { isPaused } from "#shared/schedules/schedule";
import { at } from "../history/rows.ts";
import { isRunning } from "../world/running-exports.ts";
import type { World } from "../world/world.ts";
import { isDenied } from "./denied.ts";
import { unopened } from "./unopened.ts";
import type { Wishes } from "./wishes.ts";

const isResting = (world: World, wishes: Wishes, record: Integration): boolean => {
  const { line } = world;
  const { partnerId, state, currentExportId, wants, schedule } = record;
  if (currentExportId !== null) return false;
  if (wishes.zeros.areUnderWay(record)) return false;
  if (unopened(world, wishes, record) !== undefined) return false;
  if (isDenied(world, wishes, record)) return false;
  // nothing is done for it before somebody does something for it
  if (state !== "active" || isPaused(schedule, at(line.now())) || !wishes.isConnected(partnerId)) return true;
  return !isWanted(wants.all) && !isWanted(wants.retry) && wishes.unserved(partnerId, () => true) === undefined;
};

/** Some partner's run, a look's perhaps, or the zeros of its disconnect: both may have begun a moment ago. */
export const isSomethingUnderWay = ({ table }: World, { zeros }: Wishes): boolean =>
  [...table.rows.values()].some(
    (row) => isRunning(row) || (row.sk === "integration" && zeros.areBeingSent(row as unknown as Integration)),
  );

/** Nothing is under way or wanted any more: only dates and looks would follow, each like the one before. */
export const isAtRest = (world: World, wishes: Wishes): boolean => {
  const { table, running, queues, pending, onTheWay } = world;
  if (running.alive.size > 0 || queues.waiting() > 0 || pending.acts > 0 || onTheWay.calls > 0) return false;
  for (const row of table.rows.values()) {
    if (row.pk.startsWith("outbox#") || isRunning(row)) return false;
    if (row.sk === "breaker" && row.trouble !== null) return false;
    if (row.sk === "integration" && !isResting(world, wishes, row as unknown as Integration)) return false;
  }
  return true;
};
