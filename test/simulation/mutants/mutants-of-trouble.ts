import { type Mutant, one } from "./mutant.ts";

const carrying = "functions/export-usage/carry-export.ts";
const plan = "functions/export-usage/plan/plan-export.ts";
const order = "functions/export-usage/plan/in-sending-order.ts";
const patience = "functions/export-usage/send/patience.ts";
const dispatch = "functions/export-usage/send/line-dispatcher.ts";
const send = "functions/export-usage/send/send-chunks.ts";
const settling = "functions/export-usage/send/settle-in-order.ts";
const rebuild = "functions/export-usage/send/rebuild-views.ts";
const counting = "functions/export-usage/send/send-count.ts";
const inUse = "functions/export-usage/send/ledger-in-use.ts";

/** Guards that keep one line, or one partner, that Gradient does not take from harming others. */
export const mutantsOfTrouble: Mutant[] = [
  one(
    "nobody notes at which line Gradient refuses a partner",
    "sends",
    carrying,
    "mayBeTheLines ? run.halt.refusedLines() : []",
    "[]",
  ),
  one(
    "a line that is refused keeps its place",
    "sends",
    plan,
    "inSendingOrder(chosen.toSend, sources.entries)",
    "[chosen.toSend]",
  ),
  one("a refused line says nothing of its service", "sends", order, "ofService.get(line.serviceId) ?? 0", "0"),
  one("a refused line says nothing of its customer", "sends", order, "ofCustomer.get(line.customerId) ?? 0", "0"),
  one("one refused line keeps back its service", "sends", order, "Math.max(1, related)", "related + 1"),
  one(
    "every degree of trouble has its group",
    "sends",
    order,
    "Math.floor(Math.log2(Math.max(1, related)))",
    "related",
  ),
  one(
    "each line is tried six times in an outage",
    "sends",
    patience,
    "triesOnce: (): boolean => failures",
    "triesOnce: (): boolean => false && failures",
  ),
  one("a line is tried once after a few slow answers", "sends", patience, "failures >= many && ", ""),
  one(
    "a line is tried once after some quick failures",
    "sends",
    patience,
    " && clock.now() - failingSince >= longMs",
    "",
  ),
  one(
    "an answer does not give new patience",
    "sends",
    patience,
    "else [failures, pauses] = [0, 0];",
    "else pauses = 0;",
  ),
  one("pauses of before count", "sends", patience, "else [failures, pauses] = [0, 0];", "else failures = 0;"),
  one(
    "a run is over that has paused for seconds",
    "sends",
    patience,
    "pauses >= maxPauses && pausedAt - pausingSince >= longPausingMs;",
    "pauses >= maxPauses;",
  ),
  one("a run goes on however often everybody pauses", "sends", patience, "isOver ||= ", "void "),
  one(
    "calls under way together are as many pauses",
    "sends",
    patience,
    "if (sentAt <= pausedAt + shortestPauseMs) return;",
    "",
  ),
  one("a failure forgives all pauses", "sends", patience, "failures += 1;", "failures += 1;\n    pauses = 0;"),
  one("a row that was read late is the newest", "sends", inUse, "row.version < (versions.get(number) ?? 0)", "false"),
  one("a refused zero keeps back the others", "deeds", carrying, ' || run.lease.current().kind === "final"', ""),
  one(
    "a line that is not tried passes for a lost lease",
    "sends",
    dispatch,
    "if (patience.isOver()) return verdicts.untried;",
    "",
  ),
  one(
    "the views wait for what is refused",
    "sends",
    plan,
    "withEnd(cutIntoChunks(group, ledgerBits))",
    "cutIntoChunks(group, ledgerBits)",
  ),
  one(
    "one line of those refused is noted",
    "sends",
    "functions/export-usage/send/halt.ts",
    "refusedLines.push(line);",
    "if (refusedLines.length === 0) refusedLines.push(line);",
  ),
  one(
    "a run that has given up asks for its views",
    "sends",
    send,
    'dispatcher.hasGivenUp() ? "given-up" : "sent"',
    '"sent"',
  ),
  one("what is not tried is not owed", "sends", settling, 'untried: current.kind !== "look"', "untried: false"),
  one("what a look has not tried passes for tried", "sends", settling, 'current.kind !== "look"', "true"),
  one(
    "chunks of one row are settled at once",
    "sends",
    settling,
    "if (latestOfRow.get(bucket) !== settled) return;",
    "",
  ),
  one(
    "views that are owed are nobody's wish",
    "sends",
    "shared/exports/ending/end-export.ts",
    " && !leftOver.areViewsOwed",
    "",
  ),
  one(
    "the number whose views are left is not owed",
    "sends",
    rebuild,
    "    await oweViews(",
    "    if (!run) await oweViews(",
  ),
  one(
    "a line that is held is owed for its repeat",
    "sends",
    rebuild,
    "isLeft ? { owed: entry.owed, last: entry.last } : {}",
    "{}",
  ),
  one("the call for the views has a patience of its own", "sends", rebuild, "patience.isOver() || ", ""),
  one("the views are tried in an outage", "sends", rebuild, " || (await run.outage()) !== null;", ";"),
  one(
    "the views' call is repeated in an outage",
    "sends",
    rebuild,
    "const mayRepeat = async () => !patience.triesOnce() && !(await isHopeless()) && mayCall();",
    "const mayRepeat = mayCall;",
  ),
  one(
    "a slot that comes too late passes for a lost lease",
    "sends",
    dispatch,
    "if (usableUntil === null) leaveToNext();",
    "",
  ),
  one(
    "a run that was stopped is handed over for want of time",
    "sends",
    dispatch,
    "if (halt.cause() === null && !patience.isOver()) halt.fail(new OutOfTime());",
    "halt.fail(new OutOfTime());",
  ),
  one(
    "a run without time fails",
    "sends",
    carrying,
    'if (error instanceof OutOfTime) return { how: "hand-over" as const, stop: null };',
    "",
  ),
  one("a worker waits for slots after its time", "pace", "shared/pace/pacer.ts", "if (isTooLate(at)) return null;", ""),
  one("a worker asks for slots after its time", "pace", "shared/pace/pacer.ts", " || isTooLate(answer.notBefore)", ""),
  one(
    "no pacer knows how long its worker lives",
    "sends",
    "functions/export-usage/lane-pacers.ts",
    ", rate.clock, options)",
    ", rate.clock)",
  ),
  one(
    "a wait of nothing is no pause",
    "pace",
    "shared/pace/limiter.ts",
    "Math.max(retryAfterMs ?? 0, pauseMs)",
    "retryAfterMs ?? pauseMs",
  ),
  one(
    "a line is given up within seconds of too many calls",
    "sends",
    counting,
    " && clock.now() - throttledSince >= throttledForMs",
    "",
  ),
  one(
    "a line is given up after a few long pauses",
    "sends",
    counting,
    "throttled >= maxThrottled && ",
    "throttled > 0 && ",
  ),
  one("one line has everybody pause each second", "sends", counting, "firstThrottledPauseMs * (throttled - 1)", "0"),
];
