import { type Mutant, one } from "./mutant.ts";

const choose = "functions/export-usage/plan/choose-lines.ts";
const settling = "functions/export-usage/send/settle-in-order.ts";
const workers = "functions/export-usage/export-usage.ts";
const begin = "functions/export-usage/start-run.ts";
const end = "shared/exports/ending/end-export.ts";
const activation = "shared/integrations/activate-integration.ts";
const registration = "functions/register-token/stop-run.ts";
const sending = "functions/start-export/start-export.ts";
const check = "if (narrowing.retryOf !== undefined) await checkRetried(table, partnerId, narrowing.retryOf);\n";
const raising = "// a wish for everything makes every line one that has changed";
const abandoning = "shared/exports/ending/abandon-export.ts";
const unread = "shared/exports/ending/unread-run.ts";
const lease = "shared/exports/export-lease.ts";
const closing = "functions/close-connection/close-connection.ts";
const rebuilding = "shared/exports/admission/rebuild-admission.ts";
const connectionCheck =
  "if (plannedFor !== null && plannedFor !== integration?.gradient?.integrationId) halt.meet(notConnected);";
const connectionStop = "stopWrites: [exportWrite({ ...running, stop })]";

/** Guards around whole runs: their messages, their ends, tokens, and whoever closes them. */
export const mutantsOfRuns: Mutant[] = [
  one(
    "a worker takes up again what has failed with it",
    "sends",
    "shared/exports/admission/take-waiting.ts",
    " && !failed.has(exportId)",
    "",
  ),
  one(
    "a farewell that comes twice does not ask whose the organization is",
    "deeds",
    closing,
    "asksWhose ? await organizationOf(partnerId, left) : null",
    "null",
  ),
  one("zeros that are given up wait for Gradient's answer", "deeds", closing, "!isStillSending && !isLate", "!isLate"),
  one("a farewell that is late waits for Gradient's answer", "deeds", closing, " && !isLate;", ";"),
  one(
    "a farewell of before does not keep whose the organization was",
    "deeds",
    "functions/close-connection/forget-key.ts",
    "gradient: { integrationId, organizationId } }",
    "gradient: { integrationId } }",
  ),
  one(
    "a number without an answer is not among what a disconnect leaves",
    "deeds",
    "shared/exports/ending/final-counts.ts",
    "(hasUnits(accepted) || hasUnits(doubt))",
    "hasUnits(accepted)",
  ),
  one(
    "a hand-over owes no message",
    "sends",
    lease,
    "await table.transact([exportWrite(next), owed(next)]);",
    "await table.transact([exportWrite(next)]);",
  ),
  one(
    "a started export owes no message",
    "deeds",
    "shared/exports/start-usage-export.ts",
    "...(started.lease === null\n",
    "...(started.lease === undefined\n",
  ),
  one(
    "a second run may start beside the first",
    "seeds",
    sending,
    "if (isLook(running)) return { running };",
    "return isLook(running) ? { running } : {};",
  ),
  one("a look keeps a person waiting", "sends", sending, "if (isLook(running)) return { running };", ""),
  {
    name: "a press that is refused stops a look",
    killedBy: "deeds",
    patches: [
      { file: sending, from: check, to: "" },
      { file: sending, from: raising, to: `${check}      ${raising}` },
    ],
  },
  one(
    "a closed run keeps its partner",
    "seeds",
    end,
    "before.currentExportId === id ? null : before.currentExportId",
    "before.currentExportId",
  ),
  one(
    "a 401 does not stop the run",
    "seeds",
    "functions/export-usage/send/halt.ts",
    'if (kind !== "token-rejected" && kind !== "forbidden") return;',
    'if (kind !== "forbidden") return;',
  ),
  one(
    "of refused calls under way together the first one counts",
    "sends",
    "functions/export-usage/send/halt.ts",
    "met instanceof Refusal && met.kind === kind && met.sentAt < sentAt",
    "met === undefined",
  ),
  one(
    "of refused calls under way together the one that is answered last counts",
    "sends",
    "functions/export-usage/send/halt.ts",
    "met.kind === kind && met.sentAt < sentAt",
    "met.kind === kind",
  ),
  one(
    "activated after the checkpoint",
    "sends",
    settling,
    "    await run.onSettled(receipts);\n",
    "    await lease.save((its) => withChunk(its, number, receipts, { viewsRebuilt, now: clock.now() }));\n    await run.onSettled(receipts);\n",
  ),
  one(
    "what was to go with the next write is lost where somebody else has written",
    "wants",
    lease,
    "    return hold(newest);",
    "    amendments = [];\n    return hold(newest);",
  ),
  one(
    "a failed worker's message is acknowledged",
    "sends",
    workers,
    "if (message) outcomes.set(message, { failure });",
    'if (message) outcomes.set(message, "finished");',
  ),
  one("a worker goes on to another connection", "sends", begin, connectionCheck, ""),
  one("another token leaves the run alone", "deeds", registration, connectionStop, "stopWrites: []"),
  {
    name: "a run goes on to another connection",
    killedBy: "seeds",
    patches: [
      { file: begin, from: connectionCheck, to: "" },
      { file: registration, from: connectionStop, to: "stopWrites: []" },
    ],
  },
  one(
    "runs that cannot be read hold the places",
    "deeds",
    "shared/exports/admission/admission.ts",
    "return held.filter((each) => !aside.includes(each));",
    "return held;",
  ),
  one(
    "runs that the table refuses to have closed hold the places",
    "deeds",
    "functions/admit-exports/resume-exports.ts",
    "return run !== undefined && hasStoodStill(run);",
    "return false;",
  ),
  one(
    "a run that is refused something takes no place before it is to be closed",
    "deeds",
    "functions/admit-exports/resume-exports.ts",
    "stalledAt({ ...run, stalls: maxStalls - 1 }) <= now().getTime()",
    "stalledAt({ ...run, stalls: 0 }) <= now().getTime()",
  ),
  one(
    "there is no end of runs that cannot be read",
    "deeds",
    "shared/exports/admission/admission.ts",
    ".slice(0, maxUnderWay);",
    ";",
  ),
  one(
    "a run that can be read again takes no place",
    "deeds",
    "functions/admit-exports/resume-exports.ts",
    "aside.set(exportId, false);",
    "",
  ),
  one(
    "the same key of another connection proves what it proved",
    "looks",
    "functions/register-token/register-token.ts",
    "isNewHere ? wantingEverything",
    "isOther ? wantingEverything",
  ),
  one(
    "the first plan of a worker stays in the way of its second",
    "sends",
    "functions/export-usage/plan/plan-export.ts",
    "if (before && before.version > chunk.version) throw new LeaseLost();",
    "if (before && before.version > chunk.version) throw new LeaseLost();\n    if (before?.version === chunk.version) return;",
  ),
  one(
    "a plan drops what connections before hold",
    "sends",
    "functions/export-usage/plan/plan-sources.ts",
    "rows.set(row.number, place);",
    "rows.set(row.number, { ...place, elsewhere: undefined });",
  ),
  one(
    "what the connection before holds is forgotten",
    "sends",
    "shared/usage/ledger.ts",
    "const kept = [{ connectionId: current, packed: item.packed }, ...others]",
    "const kept = [...others]",
  ),
  one(
    "a count on the connection before opens Next",
    "wants",
    activation,
    "before?.gradient?.integrationId !== connectionId ||",
    "!before?.gradient ||",
  ),
  one(
    "a run teaches the connection after it",
    "wants",
    end,
    "const isSame = over.connectionId !== null && over.connectionId === before.gradient?.integrationId;",
    "const isSame = true;",
  ),
  one(
    "a rebuilt list has runs that are over",
    "wants",
    rebuilding,
    "if (!run || isOver(run) || !isListed(run)",
    "if (!run || !isListed(run)",
  ),
  one(
    "a rebuilt list has runs that were never admitted",
    "wants",
    rebuilding,
    "|| !isListed(run) || run.admittedFor === null) continue;",
    "|| run.admittedFor === null) continue;",
  ),
  one(
    "a rebuilt list goes over what the service has written meanwhile",
    "wants",
    rebuilding,
    "table.put(put, expect)",
    "table.put(put)",
  ),
  one(
    "a rebuilt list goes without a run that cannot be read",
    "wants",
    rebuilding,
    "(run !== undefined && isOver(run))",
    "run === undefined || isOver(run)",
  ),
  one("a retry sends everything", "sends", choose, "(isRetried?.(line) ?? true)", "true"),
  one(
    "what an abandoned run may have sent is no doubt",
    "wants",
    abandoning,
    'if (intents.length > 0 && mode !== "dry-run") await noteDoubts(chunk, content.lines, intents);',
    "",
  ),
  one(
    "a held-up worker sends from an abandoned chunk",
    "wants",
    abandoning,
    'await store(table, chunkWrite({ ...chunk, content: { state: "done", receipts } }));',
    "",
  ),
  one(
    "what a look had sent is left open",
    "sends",
    sending,
    '? await closeAbandoned(look, before, "person-first")',
    "? { after: { ...before, currentExportId: null }, writes: [] }",
  ),
  one(
    "a cancelled run that nobody carries owes no views",
    "deeds",
    "functions/cancel-export/cancel-export.ts",
    "if (owesViews(running) && ",
    "if (!owesViews && ",
  ),
  one(
    "a run that meets an obstacle sends",
    "sends",
    begin,
    "const blocked = await obstacle();",
    "const blocked = mode === null ? await obstacle() : null;",
  ),
  one(
    "an outage is heeded with the next chunk",
    "sends",
    "functions/export-usage/send/line-dispatcher.ts",
    "if (outage !== null) halt.meet(",
    "if (outage === undefined) halt.meet(",
  ),
  one(
    "the last chunk alone rebuilds the views",
    "sends",
    "shared/exports/chunk.ts",
    "const closingChunks = 2;",
    "const closingChunks = 1;",
  ),
  one(
    "a clock that went ahead holds everybody until it is right",
    "pace",
    "shared/pace/limiter.ts",
    "return row.next > now + farthestMs ? { ...freshLimiter, version: row.version } : row;",
    "return row.next > now + farthestMs ? { ...row, next: now + farthestMs } : row;",
  ),
  one(
    "whoever writes one row at once tries again all at once",
    "deeds",
    "shared/pace/pause-after-loss.ts",
    "clock.sleep(random() * ",
    "clock.sleep(0 * random() * ",
  ),
  one("a run that was given up is sent beside another", "rows", begin, "token === null || isGivenUp", "token === null"),
  one("what a run that is given up has sent may land after what follows", "rows", unread, " || !isQuiet(row, now)", ""),
  one(
    "what a run that is closed unread has sent may land after what follows",
    "rows",
    "shared/exports/ending/close-export.ts",
    " || quietFrom(run) > now().getTime()",
    "",
  ),
  one(
    "a run that is given up is not stopped",
    "rows",
    unread,
    '[versioned({ ...unread, stop: "not-connected" })]',
    "[]",
  ),
  one(
    "what a run has sent that is given up is proven",
    "rows",
    unread,
    "proofGen: record.proofGen + 1,",
    "proofGen: record.proofGen,",
  ),
  one(
    "a count of before a customer's removal is its first one when it comes back",
    "deeds",
    "functions/record-usage/record-firsts.ts",
    'measuredAt < (leftAt ?? "")',
    "false",
  ),
  one(
    "batches of removals that come at once try again at once, and ten times",
    "deeds",
    "functions/remove-customer/remove-customer.ts",
    "    }, pauseAfter);",
    "    });",
  ),
  one(
    "batches of customers that come at once try again at once, and ten times",
    "deeds",
    "functions/record-customers/record-customers.ts",
    "    }, pauseAfter);",
    "    });",
  ),
  one(
    "batches of first counts that come at once try again at once, and ten times",
    "deeds",
    "functions/record-usage/record-firsts.ts",
    "  }, pauseAfter);",
    "  });",
  ),
  one("small runs are planned all at once", "sends", begin, "turnsFor(4)", "turnsFor(40)"),
  one(
    "an answer is noted by when it came",
    "sends",
    begin,
    "outcome: outcomeOf(answer.kind), at })",
    "outcome: outcomeOf(answer.kind), at: at && clock.now() })",
  ),
];
