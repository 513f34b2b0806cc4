import { owesViews, oweViews } from "#shared/exports/ending/owe-views";
import { withViewsOwed } from "#shared/exports/left-over";
import { isLook } from "#shared/exports/usage-export";
import { logger } from "#shared/logger";
import { readBucket } from "#shared/usage/ledger";
import type { ExportRun } from "./export-run.ts";
import type { LineOfCall } from "./halt.ts";
import { countRepeater, repeatLandsWithinMs } from "./repeat-count.ts";
import { repeatableLines } from "./repeatable-lines.ts";

// the first is refused only if its mapping was taken away a moment ago
const maxLines = 3;

/** What a run that was stopped owes for its views: a line that Gradient has refused would never show the others. */
export const oweStoppedViews = async (run: ExportRun): Promise<void> => {
  const { table, lease, connectionId, ledgerBits: bits } = run;
  const current = lease.current();
  if (!owesViews(current)) return;
  const { partnerId } = current;
  const rowOf = (number: number) => readBucket(table, { partnerId, bits, number }, connectionId);
  const { value: likely } = await repeatableLines(run, rowOf).next();
  const acceptedLine = likely?.entry ?? current.acceptedLine;
  await oweViews(table, { partnerId, bits, connectionId }, { ...current, acceptedLine }, () => lease.keep());
};

/**
 * The next run sends a line whose number is left, after a pause, and in that way shows all others. A look has its own
 * choice of lines, and takes one that is noted for one that was tried.
 */
const oweLater = async ({ table, lease, clock, connectionId, ledgerBits: bits }: ExportRun, line: LineOfCall) => {
  const current = lease.current();
  if (isLook(current)) return;
  const { partnerId } = current;
  const until = new Date(clock.now() + repeatLandsWithinMs).toISOString();
  await oweViews(table, { partnerId, bits, connectionId }, { ...current, acceptedLine: line }, () => lease.keep());
  await lease.save((newest) => ({ ...newest, leftOver: withViewsOwed(newest.leftOver, until) }));
};

/**
 * Repeats a count that this run had accepted so that Gradient rebuilds its views, where the run's last call was not
 * accepted. The number is the one that Gradient holds already. Where Gradient says nothing of it, the next run sends it
 * again.
 */
export const rebuildViews = async (run: ExportRun): Promise<void> => {
  const { lease, halt, token } = run;
  // No further number is sent once a person has stopped the run, but what was accepted is to be seen all the same. A
  // refusal of Gradient ends that, too.
  const mayNot = () => {
    const cause = halt.cause();
    return cause !== null && (cause.kind === "failed" || cause.reason !== "cancelled");
  };
  if (!owesViews(lease.current()) || !token || mayNot()) return;

  const { rowOf, repeat } = countRepeater(run, token, mayNot);
  let tried = 0;
  let left: LineOfCall | null = null;
  for await (const line of repeatableLines(run, rowOf)) {
    if (tried >= maxLines || mayNot()) break;
    tried += 1;
    const end = await repeat(line);
    if (end === "taken") return void (await lease.save((current) => ({ ...current, viewsRebuilt: true })));
    if (end === "left") left ??= line.entry;
  }
  logger.warn("views not rebuilt", { tried });
  if (left !== null && halt.cause() === null) await oweLater(run, left);
};
