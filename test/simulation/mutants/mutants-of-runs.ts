import { type Mutant, one } from "./mutant.ts";

const plan = "functions/export-usage/plan/plan-export.ts";
const settling = "functions/export-usage/send/settle-in-order.ts";
const carry = "functions/export-usage/export-usage.ts";
const begin = "functions/export-usage/start-run.ts";
const close = "functions/export-usage/close-export.ts";
const activation = "shared/integrations/activate-integration.ts";
const registration = "functions/register-token/register-token.ts";
const connectionCheck =
  "if (plannedFor !== null && plannedFor !== integration?.gradient?.integrationId) halt.meet(notConnected);";
const connectionStop =
  '...(running && isLeft ? [exportWrite({ ...running, stop: running.stop ?? "not-connected" })] : []),';
const due = "shared/exports/start-due-export.ts";
const start = "shared/exports/start-usage-export.ts";

/** Guards around whole runs: their messages, their ends, tokens, schedules. */
export const mutantsOfRuns: Mutant[] = [
  one(
    "a hand-over sends no message",
    "seeds",
    carry,
    'await queues.send({ kind: "export-usage", lane, partnerId, exportId, leg });',
    "",
  ),
  one("a started export owes no message", "seeds", start, "owe(task, { id: newId(), at }),", ""),
  one(
    "a second run may start beside the first",
    "seeds",
    start,
    "if (integration.currentExportId !== null) throw",
    "if (integration.currentExportId === 0) throw",
  ),
  one(
    "a closed run keeps its partner",
    "seeds",
    close,
    "before.currentExportId === id ? null : before.currentExportId",
    "before.currentExportId",
  ),
  one(
    "a 401 does not stop the run",
    "seeds",
    "functions/export-usage/send/halt.ts",
    'if (kind === "token-rejected" || kind === "forbidden")',
    'if (kind === "forbidden")',
  ),
  one("a 401 suspends nothing", "seeds", carry, "await suspend({ partnerId, versionId: token.versionId });", ""),
  one(
    "activated after the checkpoint",
    "units",
    settling,
    "    await run.onSettled(receipts);\n    await lease.save((current) => withChunk(current, number, receipts, viewsRebuilt));",
    "    await lease.save((current) => withChunk(current, number, receipts, viewsRebuilt));\n    await run.onSettled(receipts);",
  ),
  one(
    "a failed worker's message is acknowledged",
    "seeds",
    carry,
    'if (error instanceof LeaseLost) return "taken-over";\n        throw error;',
    'return "taken-over";',
  ),
  one(
    "a run that sends less passes for the one that is due",
    "units",
    due,
    "if (isNarrowed(running) || running.stop !== null) return false;",
    "",
  ),
  one("a worker goes on to another connection", "units", begin, connectionCheck, ""),
  one("another connection's token leaves the run alone", "units", registration, connectionStop, ""),
  {
    name: "a run goes on to another connection",
    killedBy: "seeds",
    patches: [
      { file: begin, from: connectionCheck, to: "" },
      { file: registration, from: connectionStop, to: "" },
    ],
  },
  one(
    "a count on the connection before opens Next",
    "seeds",
    activation,
    " || before.gradient?.integrationId !== connectionId) return",
    " || before.gradient === null) return",
  ),
  one(
    "a run teaches the connection after it",
    "seeds",
    close,
    "over.connectionId === before.gradient?.integrationId;",
    "true;",
  ),
  one("a token that came meanwhile is not caught up", "seeds", close, "if (registeredAt > createdAt) return true;", ""),
  one(
    "a lesser run uses up the full one after a token",
    "seeds",
    close,
    'return state === "active" && stop === null && registeredAt',
    "return stop === undefined && registeredAt",
  ),
  one(
    "a cancelled run after a token is begun again",
    "units",
    close,
    "stop === null && registeredAt >",
    "registeredAt >",
  ),
  one("what was mapped meanwhile is not looked at", "units", close, " || isReplaced || isRemapped", " || isReplaced"),
  one("a retry sends everything", "units", plan, "(isRetried?.(line) ?? true)", "true"),
  one(
    "an outdated schedule starts its run",
    "units",
    start,
    "if (request.integration && integration?.version !== request.integration.version) return undefined;",
    "",
  ),
  one(
    "what only a lesser run would send is taken over",
    "units",
    due,
    'running.stop === null && (due.mode === "full" || running.mode !== "full")',
    "running.stop === null",
  ),
  one("a run for each day that was missed", "units", due, "nextRunAt(schedule, now())", "nextRunAt(schedule, dueAt)"),
  one("a stopped run uses up the scheduled one", "units", close, "nextRunAt: nextRunAfter(before, over, at),", ""),
  one(
    "a cancelled run passes for the full one",
    "units",
    close,
    "!isNarrowed(over) && stop === null",
    "!isNarrowed(over)",
  ),
];
