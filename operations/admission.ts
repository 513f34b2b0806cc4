import { maxUnderWay } from "#shared/exports/admission/admission";
import { listUnderWay, type RunClass, type UnderWay } from "#shared/exports/admission/list-under-way";
import { type Rebuilt, rebuildAdmission } from "#shared/exports/admission/rebuild-admission";
import type { UsageExport } from "#shared/exports/usage-export";
import { moment, runCommand, say } from "./command.ts";
import { readAdmissionCommand } from "./commands.ts";
import { openTable } from "./stage-table.ts";

const unreadableList = "The list of the admitted runs cannot be read: npm run admission -- rebuild";

const headings: Record<RunClass, string> = {
  large: "Admitted, large",
  small: "Admitted, small",
  repeat: "Admitted, repeats",
  "on-demand": "For somebody who waits",
  look: "Looks at Gradient",
};

const progressOf = ({ state, chunks, nextChunk, progressAt, lease, stop }: UsageExport, now: number): string => {
  const done = chunks === null ? state : `${nextChunk} of ${chunks} chunks`;
  const isHeld = lease !== null && Date.parse(lease.until) > now;
  const stopped = stop === null ? "" : `, stopped: ${stop}`;
  return `${done}, got on at ${moment(progressAt)}, ${isHeld ? "a worker is at it" : "no worker is at it"}${stopped}`;
};

const lineOf = ({ key, run }: UnderWay, now: number): string =>
  run === null
    ? `${key.pk} ${key.sk}  cannot be read, or is gone`
    : `${run.partnerId}  ${run.id}  since ${moment(run.createdAt)}: ${progressOf(run, now)}`;

const listed = (runs: UnderWay[], now: number): string =>
  Object.entries(headings)
    .flatMap(([name, heading]) => {
      const its = runs.filter((one) => one.class === name);
      return its.length === 0 ? [] : [`${heading}: ${its.length}`, ...its.map((one) => `  ${lineOf(one, now)}`)];
    })
    .join("\n");

const told = (result: Rebuilt): string =>
  [
    ...(result.wasUnreadable ? ["The list could not be read, and is written anew."] : []),
    ...result.added.map(({ partnerId, exportId }) => `back: ${partnerId}  ${exportId}`),
    ...result.dropped.map(({ partnerId, exportId }) => `over: ${partnerId}  ${exportId}`),
    ...result.unreadable.map(({ pk, sk }) => `cannot be read, see the runbook: ${pk} ${sk}`),
    `${result.partners} partners looked at, ${result.added.length} runs back, ${result.dropped.length} dropped, ${result.listed} listed.`,
    ...(result.listed > maxUnderWay
      ? [`These are more than the ${maxUnderWay} that are admitted at most: nobody is admitted until they are fewer.`]
      : []),
  ].join("\n");

await runCommand(async () => {
  const { verb, place } = readAdmissionCommand(process.argv.slice(2));
  const { table, now, close } = await openTable(place);
  try {
    if (verb === "rebuild") {
      say(told(await rebuildAdmission(table, () => new Date(now()))));
      return;
    }
    const { isReadable, runs } = await listUnderWay(table);
    if (!isReadable) say(unreadableList);
    say(runs.length === 0 ? "Nothing is under way." : listed(runs, now()));
  } finally {
    close();
  }
});
