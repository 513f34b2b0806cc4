import { type Mutant, one } from "./mutant.ts";

const decision = "functions/export-usage/send/line-decision.ts";
const lease = "shared/exports/export-lease.ts";
const scope = "shared/exports/lines-in-scope.ts";
const plan = "functions/export-usage/plan/plan-export.ts";
const first = "functions/export-usage/plan/prepare-first.ts";
const sources = "functions/export-usage/plan/plan-sources.ts";
const prepare = "functions/export-usage/send/prepare-chunk.ts";
const settle = "functions/export-usage/send/settle-chunk.ts";
const dispatch = "functions/export-usage/send/line-dispatcher.ts";
const send = "functions/export-usage/send/send-chunks.ts";
const settling = "functions/export-usage/send/settle-in-order.ts";
const inUse = "functions/export-usage/send/ledger-in-use.ts";
const rebuild = "functions/export-usage/send/rebuild-views.ts";
const repeating = "functions/export-usage/send/repeat-count.ts";
const views = "functions/export-usage/send/views-proof.ts";
const slots = "shared/pace/table-slots.ts";
const grant = "shared/pace/grant.ts";
const ledger = "shared/usage/ledger.ts";

/** Guards around single counts: fence, conditions, lease, receipts, pace. */
export const mutantsOfSending: Mutant[] = [
  one("the fence is dropped", "seeds", decision, "if (isFenced) return verdicts.inDoubt;", ""),
  one(
    "the fence ends with the call's time-out",
    "seeds",
    "shared/gradient/lost-calls.ts",
    "callTimeoutMs + landsLateMs + clocksApartMs",
    "callTimeoutMs",
  ),
  one(
    "a doubt is cleared by an acceptance",
    "seeds",
    decision,
    "sent.wasInDoubt ?",
    'sent.wasInDoubt && answer.kind !== "accepted" ?',
  ),
  one(
    "an older doubt is cleared by an acceptance",
    "seeds",
    decision,
    'answer.kind === "accepted" ? live :',
    'answer.kind === "accepted" ? null :',
  ),
  one("unchanged despite a doubt", "sends", ledger, "  entry.doubt === null &&\n", ""),
  one("no answer counts as accepted", "seeds", decision, "return verdicts.noAnswer;", "return verdicts.accepted;"),
  one(
    "intents are not written",
    "seeds",
    prepare,
    "  await store(table, chunkWrite(prepared.chunk));\n  return { ...prepared, chunk: written(prepared.chunk) };",
    "  return { ...prepared, chunk };",
  ),
  one("the first intents are not written", "seeds", plan, "prepared.get(chunk.number)?.chunk ?? chunk", "chunk"),
  one(
    "numbers are noted without a count",
    "sends",
    first,
    " || content.lines.some((line) => line.billed && !countOf(line))",
    "",
  ),
  one("numbers are noted for a run that is handed over", "sends", first, "if (!mayBegin() || lines", "if (lines"),
  one(
    "a dead worker's intents are not heeded",
    "seeds",
    prepare,
    "if (intent === undefined) return entry;",
    "if (intent?.at !== -1) return entry;",
  ),
  one("a fenced line loses its intent", "sends", prepare, "[...intents, ...kept]", "intents"),
  one(
    "the ledger is written without a condition",
    "sends",
    settle,
    "await store(table, bucketWrite(changed));",
    "await table.put(bucketWrite(changed).put);",
  ),
  one(
    "receipts are written without a condition",
    "stalls",
    settle,
    "await store(table, chunkWrite(done));",
    "await table.put(chunkWrite(done).put);",
  ),
  one(
    "plans are written without a condition",
    "stalls",
    plan,
    'await table.put(toChunkItem(chunk), before?.version ?? "absent")',
    "await table.put(toChunkItem(chunk))",
  ),
  one(
    "the export is written without a condition",
    "wants",
    lease,
    "else await store(table, exportWrite(next));",
    "else await table.put(exportWrite(next).put);",
  ),
  one(
    "the lease is taken without a condition",
    "wants",
    lease,
    "await store(table, exportWrite(taken));",
    "await table.put(exportWrite(taken).put);",
  ),
  one(
    "another worker's lease is ignored",
    "wants",
    lease,
    'if (found.lease !== null && Date.parse(found.lease.until) > clock.now()) return "carried-elsewhere";',
    "",
  ),
  one("every lease is safe", "wants", lease, "isSafe: () => leftMs() > marginMs", "isSafe: () => true"),
  one(
    "nobody looks at the lease before a call",
    "sends",
    dispatch,
    "const may = await mayCall();",
    "const may = true;",
  ),
  one(
    "a call does not look again in its turn",
    "sends",
    "functions/export-usage/send/send-count.ts",
    "gradient.as({ pacer, mayGo })",
    "gradient.as({ pacer })",
  ),
  one("receipts before the answers", "seeds", dispatch, "return { end };", "return ended(verdicts.noAnswer);"),
  one("a checkpoint counts twice", "seeds", settling, "if (current.nextChunk > number) return current;", ""),
  one(
    "the run is let go with calls under way",
    "seeds",
    send,
    "unwritten\n  await Promise.all([settlement.ended(), dispatcher.drained()]);",
    "unwritten",
  ),
  one(
    "zeros are skipped",
    "seeds",
    sources,
    "Object.entries(counts).map(",
    "Object.entries(counts).filter(([, its]) => its.unitCount !== 0).map(",
  ),
  one(
    "removed customers keep their units",
    "seeds",
    scope,
    "isLineBilled(line.serviceId) || line.holdsUnits",
    "isLineBilled(line.serviceId)",
  ),
  one("a number in doubt is not brought to zero", "seeds", ledger, " || open !== null;", ";"),
  {
    name: "the views' call goes without a lease",
    killedBy: "sends",
    patches: [
      {
        file: repeating,
        from: "if (!lease.isSafe() || isStopped()) return false;",
        to: "if (isStopped()) return false;",
      },
      { file: repeating, from: "return lease.isSafe();", to: "return true;" },
    ],
  },
  one(
    "the views' call is noted once",
    "sends",
    repeating,
    "await note();",
    "if (bucket?.entries.get(lineKey(entry))?.doubt === entry.doubt) await note();",
  ),
  one(
    "receipts wait for a slow line",
    "sends",
    settling,
    "await before;\n    const ends",
    "await lastCounted;\n    const ends",
  ),
  one("the views' call is not noted", "sends", repeating, "await note();", ""),
  one(
    "the last call does not wait for those that leave the views",
    "sends",
    send,
    "if (index === closing) await dispatcher.quietAnswered();",
    "",
  ),
  one("a late answer does not age the views", "sends", views, "else quietAt = moment;", ""),
  one("a call that was not accepted rebuilds the views", "sends", views, ' && kind === "accepted"', ""),
  one(
    "every chunk's calls rebuild the views",
    "sends",
    send,
    "dispatcher.dispatch(line, rebuildsViews)",
    "dispatcher.dispatch(line, true)",
  ),
  one(
    "a cancelled run goes on for the views after a refusal",
    "sends",
    rebuild,
    '(cause.kind === "failed" || cause.reason !== "cancelled")',
    'halt.stop()?.reason !== "cancelled"',
  ),
  one(
    "a stopped run owes no views",
    "sends",
    "shared/exports/ending/owe-views.ts",
    "if (!entry || entry.owed !== null) return;",
    "return;",
  ),
  one(
    "a creation that Gradient's proxy failed on is over",
    "contracts",
    "shared/gradient/gradient-answers.ts",
    'return gradientUnavailable("may-land");',
    'return gradientUnavailable("over");',
  ),
  one(
    "a run that is closed for its worker owes no views",
    "wants",
    "shared/exports/ending/abandon-export.ts",
    "await oweViews(table, ledger, abandoned).catch(",
    "await Promise.resolve().catch(",
  ),
  one(
    "a zero that is owed is in no run",
    "sends",
    "shared/exports/lines-in-scope.ts",
    " || line.holdsUnits || line.isOwed;",
    " || line.holdsUnits;",
  ),
  one(
    "the first 404 ends the run",
    "sends",
    "functions/export-usage/send/halt.ts",
    "    heed: ({ kind }, sentAt, line) => {",
    '    heed: ({ kind }, sentAt, line) => {\n      if (kind === "unmapped") met ??= { kind: "not-connected", reason: "not-connected" };',
  ),
  {
    name: "the plan carries the numbers",
    killedBy: "sends",
    patches: [
      { file: "shared/exports/line.ts", from: "billed: z.boolean(),", to: "billed: z.boolean(), planned: z.int()," },
      {
        file: scope,
        from: "      billed: isLineBilled(serviceId),\n    }));",
        to: "      billed: isLineBilled(serviceId), planned: 10,\n    }));",
      },
      {
        file: prepare,
        from: "(count?.unitCount ?? 0)",
        to: "(line.billed ? line.planned : 0)",
      },
    ],
  },
  one("a slow table gives no moment", "pace", grant, "Math.max(row.next, now + asking.leadMs)", "row.next"),
  one("a worker that was held up writes on", "sends", inUse, "await lease.keep();", ""),
  one("101 calls a second", "pace", grant, "(1000 / perSecond)", "(1000 / (perSecond + 6))"),
  one(
    "slots are reserved without a condition",
    "pace",
    slots,
    "await store(table, versioned({ ...value, blockedSince: null, ...key }));",
    "await table.put(versioned({ ...value, blockedSince: null, ...key }).put);",
  ),
  one("moments that were missed are used", "pace", "shared/pace/pacer.ts", "if (clock.now() - at <= maxLateMs) ", ""),
  one(
    "a large run of a person stays ahead",
    "pace",
    slots,
    'its === "on-demand" && granted >= priorityCalls ? "scheduled" : its',
    "its",
  ),
  one(
    "what was heard hides a dead worker's number",
    "sends",
    prepare,
    "return { line, ...before, left: undefined, verdict: result };",
    "return { line, ...before, entry: bucket.entries.get(key), left: undefined, verdict: result };",
  ),
];
