import { type Mutant, one } from "./mutant.ts";

const wants = "shared/integrations/record/wants.ts";
const dates = "shared/integrations/record/due-dates.ts";
const dating = "shared/integrations/with-date.ts";
const end = "shared/exports/ending/end-export.ts";
const leaving = "shared/exports/ending/with-left-over.ts";
const last = "shared/exports/ending/last-export.ts";
const reaching = "shared/exports/ending/has-reached-its-end.ts";
const mailing = "shared/exports/ending/result-mails.ts";
const next = "shared/exports/admission/next-want.ts";
const order = "functions/export-usage/plan/in-sending-order.ts";
const settling = "functions/export-usage/send/settle-in-order.ts";
const plan = "functions/export-usage/plan/plan-export.ts";
const choose = "functions/export-usage/plan/choose-lines.ts";
const decision = "functions/export-usage/send/line-decision.ts";
const admitting = "shared/exports/admission/admit.ts";
const finding = "shared/exports/admission/find-candidate.ts";
const telling = "shared/exports/admission/waiting.ts";
const admission = "shared/exports/admission/admission.ts";
const resuming = "functions/admit-exports/resume-exports.ts";
const coveredAll = 'return cover(cover(before, "all", seq), "retry", seq);';
const dropping = 'return admittedFor.want === "repeat" ? after : cover(after, "retry", admittedFor.seq);';
const carrying = "functions/export-usage/carry-export.ts";
const releasing = "functions/admit-exports/release-wants.ts";
const pressing = "functions/start-export/start-export.ts";

/** Guards around what a partner wants, and around who is admitted. */
export const mutantsOfWants: Mutant[] = [
  one(
    "nobody sees to runs that are listed and in no index",
    "deeds",
    resuming,
    "await followListed(report).catch(noted);",
    "",
  ),
  one(
    "a run that is under way is taken out of the row that lists it",
    "deeds",
    resuming,
    'end !== "gone"',
    'end === "resumed"',
  ),
  one(
    "a run meets what was wished after it had read",
    "wants",
    end,
    coveredAll,
    'return cover(cover(before, "all", before.seq), "retry", before.seq);',
  ),
  one("a run meets no want", "wants", end, coveredAll, "return before;"),
  one("a stopped run meets its want", "wants", reaching, "(run.stop === null || onlyMissesSuspects(run)) &&", ""),
  one("one line that is refused keeps every want open", "wants", reaching, " || onlyMissesSuspects(run)", ""),
  one(
    "any stop among the lines that may be refused meets wants",
    "wants",
    reaching,
    'stop === "gradient-refuses" &&',
    "",
  ),
  one(
    "a run that is closed for its worker meets wants",
    "wants",
    "shared/exports/ending/close-export.ts",
    "run.stop ?? stop, suspectsFrom: null };\n    await store",
    "run.stop ?? stop };\n    await store",
  ),
  one(
    "what was refused is tried first by each look",
    "looks",
    "functions/sync-accounts/probes.ts",
    "!isAccepted ? calledAt(entry)",
    "!isAccepted ? entry.last.at",
  ),
  one("a refusal meets wants, whatever it has kept back", "wants", reaching, "suspectsFrom !== null && ", ""),
  one("a refusal meets the wants of lines that nobody came to", "wants", reaching, "nextChunk === chunks && ", ""),
  one("a refusal that leaves only views owed meets wants", "wants", reaching, " && leftOver.lines > 0", ""),
  one("a line that may be refused is not owed", "sends", settling, " || isOfSuspects)", ")"),
  one(
    "others that were kept back are forgotten",
    "sends",
    settling,
    "missesOthers ? null : suspectsFrom",
    "suspectsFrom",
  ),
  one(
    "others that are owed keep every want open",
    "sends",
    settling,
    "(suspectsFrom ?? 0) && receipts.some(isKeptBack)",
    "(suspectsFrom ?? 0)",
  ),
  one(
    "a look notes as owed what it has not tried, for a refusal",
    "sends",
    plan,
    "leavesToRetry(run) ? inOrder",
    "true ? inOrder",
  ),
  one(
    "a service that is refused again and again keeps every want open",
    "sends",
    order,
    "suspectsFrom: Math.min(others.length, 1)",
    "suspectsFrom: groups.length",
  ),
  one("repeats that arrive end what was told of other lines", "wants", mailing, "tellsNothing(over) && ", "false && "),
  one("repeats that arrive stand for a run that did not", "wants", last, " || tellsNothing(over)", ""),
  one(
    "a retry's success is the partner's, whatever else is left",
    "wants",
    last,
    "hasSucceeded && isMoreLeft",
    "false",
  ),
  one(
    "a run's refused lines are as good as brought",
    "wants",
    last,
    "totals.rejected + leftOver.unreadable > 0",
    "false",
  ),
  one("what a run of all lines did not come to is owed", "wants", last, 'kind === "all" && !hasReached', "false"),
  one("a run of some lines knows nothing of the others", "wants", last, 'kind !== "all" && isMoreLeft', "false"),
  one("repeats wait for ever behind a line that is refused", "wants", next, "isOverdue ? ", "false ? "),
  one("a hold makes repeats young again", "wants", dates, "Date.parse(repeat.since ?? at) +", "Date.parse(at) +"),
  one(
    "repeats that have waited for long come during a hold",
    "wants",
    dates,
    "notBefore(new Date(Date.parse(repeat.since ?? at) + repeatPatienceMs).toISOString(), at)",
    "new Date(Date.parse(repeat.since ?? at) + repeatPatienceMs).toISOString()",
  ),
  one(
    "a run on the connection before meets a want",
    "wants",
    reaching,
    " && run.connectionId === gradient?.integrationId;",
    ";",
  ),
  one(
    "a narrowed run meets the want of everything",
    "wants",
    end,
    'return cover(before, "repeat", seq);\n    default:\n      return before;',
    'return cover(before, "repeat", seq);\n    default:\n      return cover(before, "all", seq);',
  ),
  one("covering goes back", "wants", wants, "Math.max(held.covered, upTo)", "upTo"),
  one(
    "a new wish waits as the one before did",
    "wants",
    wants,
    "notBefore ?? (isInLine ? held.notBefore : at)",
    "notBefore ?? held.notBefore ?? at",
  ),
  one(
    "a wish goes back to the end of the line",
    "wants",
    wants,
    "if (!started) return { since: older(since, at),",
    "if (!started) return { since: at,",
  ),
  one(
    "what was left over is not wanted",
    "seeds",
    leaving,
    "if (leftOver.lines === 0 && !leftOver.areViewsOwed) return before;",
    "return before;",
  ),
  one(
    "each press puts off what was left over",
    "wants",
    leaving,
    "admittedFor !== null || held.attempt === 0;",
    "true;",
  ),
  one("a press brings nothing forward", "wants", leaving, "stands && notBefore < paused ?", "false ?"),
  one("what was due is tried at once after a press", "wants", leaving, '(notBefore > at || kind !== "all")', "true"),
  one("a press of some lines puts off what stands in line", "wants", leaving, ' || kind !== "all")', ")"),
  one("a press makes what waits younger", "wants", leaving, "at: isTry ? at : (since ?? at),", "at,"),
  one(
    "a retry comes while a number may still land",
    "wants",
    leaving,
    "notBefore: doubtUntil !== null && doubtUntil > next ? doubtUntil : next,",
    "notBefore: next,",
  ),
  one(
    "an outage is waited for by the hour",
    "wants",
    wants,
    "isUnanswered ? Math.min(step, maxMinutesWithoutAnswer) : step",
    "step",
  ),
  one(
    "a retry plans every line",
    "sends",
    choose,
    "if (entry?.owed) chosen.toSend.push(line);",
    "chosen.toSend.push(line);",
  ),
  one(
    "what was refused for good is owed",
    "sends",
    decision,
    "      return before;\n    default:\n      return null;",
    '      return before;\n    default:\n      return answer.kind === "accepted" ? null : "throttled";',
  ),
  one(
    "an acceptance below the floor proves",
    "sends",
    "shared/usage/ledger.ts",
    "  entry.accepted.gen >= proofGen &&\n",
    "",
  ),
  one(
    "a run proves by the floor of its end",
    "sends",
    decision,
    "{ unitCount, at: iso(at), gen }",
    "{ unitCount, at: iso(at), gen: gen + 1 }",
  ),
  one("a plan forgets the floor of proof", "sends", plan, "proofGen: integration.proofGen,", "proofGen: 0,"),
  one(
    "a service that became ready is not noticed",
    "wants",
    end,
    "const isSomeReady = stillAwaited.length < run.awaitedServiceIds.length;",
    "const isSomeReady = false;",
  ),
  one(
    "a run meets a date that came while it was sending",
    "wants",
    end,
    "Date.parse(date) <= Date.parse(readAt) - clocksApartMs;",
    "date !== readAt;",
  ),
  one("a cancelled run is started again", "wants", end, dropping, "return before;"),
  one(
    "cancelling drops what was wished since",
    "wants",
    end,
    dropping,
    'return cover(cover(before, admittedFor.want, before.seq), "retry", before.seq);',
  ),
  one(
    "who cancels repeats cancels what was left over",
    "wants",
    end,
    'admittedFor.want === "repeat" ? after : cover',
    "cover",
  ),
  one("a date comes in a pause", "wants", dating, " || isPaused(schedule, at)) return value;", ") return value;"),
  one("what was left over is in no index", "wants", dates, "{ at: eligibleAt(held.retry),", "{ at: undefined,"),
  one("what is wanted is in no index", "wants", dates, "{ at: eligibleAt(held.all),", "{ at: undefined,"),
  one(
    "repeats wait behind changes for ever",
    "wants",
    dates,
    "{ at: overdueFrom(held.repeat), kind:",
    "{ at: undefined, kind:",
  ),
  one(
    "repeats come while others are under way",
    "wants",
    admitting,
    "!wanted && !isBusy(admission) && !isLeft",
    "!wanted && !isLeft",
  ),
  one(
    "the job wakes a second worker for a free place",
    "wants",
    admitting,
    'if (isLeft && !isLeaving && (listed.tookAt ?? "") > aWhileAgo) return undefined;',
    "",
  ),
  one("a worker that leaves wakes nobody", "sends", admitting, "isLeft && !isLeaving && (listed", "isLeft && (listed"),
  one(
    "what a run sends of a customer that is billed no more stays",
    "deeds",
    "shared/customers/account-sync.ts",
    "endsBilling && integration.currentExportId !== null",
    "false",
  ),
  one(
    "a run that is over keeps its place",
    "wants",
    "shared/exports/admission/without-ended.ts",
    "return isOver(run) ? [] : [{ ...place,",
    "return [{ ...place,",
  ),
  one("large runs take every place", "wants", admission, "(!isLarge || held.filter(", "(true || held.filter("),
  one("there is no end of places", "wants", admission, "held.length < maxUnderWay &&", "held.length < 1_000 &&"),
  one(
    "a partner with a run is admitted",
    "wants",
    finding,
    'if (!found || found.currentExportId !== null || found.state !== "active") return undefined;',
    'if (!found || found.state !== "active") return undefined;',
  ),
  one(
    "one partner that cannot be started keeps everybody out",
    "wants",
    admitting,
    "return admit(listed, { lease, isLeaving, refused: refused + 1 });",
    "throw error;",
  ),
  one(
    "who could not be started is tried again at once",
    "wants",
    finding,
    "if ((passedOver.get(partnerId) ?? 0) > time.getTime()) return undefined;",
    "",
  ),
  one(
    "everybody is tried while the table refuses all",
    "wants",
    admitting,
    "if (refused + 1 === maxRefused) throw error;",
    "",
  ),
  one(
    "whoever was put behind others is told an earlier turn",
    "wants",
    telling,
    "const { dueAt = since } = dueEntries({ ...value, currentExportId: null });",
    "const dueAt = since;",
  ),
  one("during a look an earlier turn is told", "wants", telling, "{ ...value, currentExportId: null }", "value"),
  one(
    "who is put off keeps others from being found",
    "wants",
    finding,
    'found === "put-off" ? "putOff" : "passed"',
    '"passed"',
  ),
  one(
    "nobody who is put off is passed",
    "wants",
    "shared/exports/admission/candidate-keys.ts",
    "for (;;) {\n    const {",
    "for (let page = 0; page < 4; page += 1) {\n    const {",
  ),
  one("a small run waits for a place of the large ones", "wants", finding, "at - lookedAt >= betweenLooksMs", "false"),
  one("the large ones are looked through for each place", "wants", finding, "      lookedAt = at;\n", ""),
  one("a held partner is admitted", "wants", finding, "if (obstacle) {", "if (obstacle === undefined) {"),
  one(
    "a run that does not get anywhere stays",
    "deeds",
    resuming,
    'if (stalls >= maxStalls) return close(run, "stalled");',
    "",
  ),
  one(
    "the wants of a stalled run do not back off",
    "wants",
    end,
    'const gotNowhere = stop === "stalled" || hasNoToken;',
    "const gotNowhere = hasNoToken;",
  ),
  one(
    "who cannot be read stays first in line",
    "wants",
    finding,
    "if (error instanceof UnreadableRecord) await setAside(table, key, now());",
    "",
  ),
  one(
    "a run that can never be planned keeps its place",
    "sends",
    carrying,
    "if (!(error instanceof CannotPlan)) throw error;",
    "throw error;",
  ),
  one("a partner's closed breaker frees nothing", "deeds", releasing, "if (!before) return;", "if (before) return;"),
  one(
    "a closed breaker frees lines in doubt",
    "deeds",
    releasing,
    "freed(wants.retry, retryFrom)",
    "freed(wants.retry)",
  ),
  one("a press while a run plans is forgotten", "deeds", pressing, "lease === null && readAt", "readAt"),
];
