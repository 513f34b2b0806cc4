import { type Mutant, one } from "./mutant.ts";

const decision = "functions/export-usage/send/line-decision.ts";
const lease = "shared/exports/export-lease.ts";
const scope = "shared/exports/lines-in-scope.ts";
const plan = "functions/export-usage/plan/plan-export.ts";
const sources = "functions/export-usage/plan/plan-sources.ts";
const prepare = "functions/export-usage/send/prepare-chunk.ts";
const settle = "functions/export-usage/send/settle-chunk.ts";
const dispatch = "functions/export-usage/send/line-dispatcher.ts";
const send = "functions/export-usage/send/send-chunks.ts";
const settling = "functions/export-usage/send/settle-in-order.ts";
const inUse = "functions/export-usage/send/ledger-in-use.ts";
const rebuild = "functions/export-usage/send/rebuild-views.ts";
const slots = "shared/pace/table-slots.ts";
const pacer = "shared/pace/pacer.ts";

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
  one("unchanged despite a doubt", "units", decision, "doubt === null && entry?.accepted", "entry?.accepted"),
  one("no answer counts as accepted", "seeds", decision, "return verdicts.noAnswer;", "return verdicts.accepted;"),
  one(
    "intents are not written",
    "seeds",
    prepare,
    "  await table.put(put, expect);\n  return { chunk: { ...marked, version: marked.version + 1 }, bucket, lines };",
    "  return { chunk, bucket, lines };",
  ),
  one(
    "a dead worker's intents are not heeded",
    "seeds",
    prepare,
    "if (intent === undefined) return entry;",
    "if (intent?.at !== -1) return entry;",
  ),
  one("a fenced line loses its intent", "seeds", prepare, "[...intents, ...kept]", "intents"),
  one(
    "the ledger is written without a condition",
    "stalls",
    settle,
    "const { put, expect } = bucketWrite({ ...bucket, entries });\n    await table.put(put, expect);",
    "const { put } = bucketWrite({ ...bucket, entries });\n    await table.put(put);",
  ),
  one("chunks are written without a condition", "stalls", "shared/exports/chunk.ts", "expect: chunk.version,", ""),
  one(
    "plans are written without a condition",
    "stalls",
    plan,
    'await table.put(toChunkItem(chunk), before?.version ?? "absent")',
    "await table.put(toChunkItem(chunk))",
  ),
  one(
    "the export is written without a condition",
    "seeds",
    lease,
    "await table.put(put, expect);\n        held",
    "await table.put(put);\n        held",
  ),
  one(
    "the lease is taken without a condition",
    "stalls",
    lease,
    "await table.put(put, expect);\n      return newLease",
    "await table.put(put);\n      return newLease",
  ),
  one("another worker's lease is ignored", "units", lease, "if (waitMs > 0) {", "if (waitMs > 1e9) {"),
  one("every lease is safe", "units", lease, "isSafe: () => leftMs() > marginMs", "isSafe: () => true"),
  one("nobody looks at the lease before a call", "stalls", dispatch, " && (await mayCall())", ""),
  one(
    "a repeat does not look again",
    "units",
    "functions/export-usage/send/send-count.ts",
    "if (!goes || !(await mayGoOn()))",
    "if (!goes)",
  ),
  one(
    "receipts before the answers",
    "seeds",
    dispatch,
    ": call(prepared, rebuildsViews) };",
    ": (void call(prepared, rebuildsViews), Promise.resolve(verdicts.accepted)) };",
  ),
  one("a checkpoint counts twice", "seeds", settling, "if (current.nextChunk > number) return current;", ""),
  one(
    "the run is let go with calls under way",
    "seeds",
    send,
    "await Promise.all([settlement.ended(), dispatcher.drained()]);",
    "",
  ),
  one(
    "zeros are skipped",
    "seeds",
    sources,
    "Object.keys(counts)",
    "Object.keys(counts).filter((id) => counts[id]?.unitCount !== 0)",
  ),
  one("removed customers keep their units", "seeds", scope, "billed || line.holdsUnits", "billed"),
  one("a number in doubt is not brought to zero", "seeds", "shared/usage/ledger.ts", " || doubt !== null;", ";"),
  {
    name: "the views' call goes without a lease",
    killedBy: "stalls",
    patches: [
      { file: rebuild, from: "if (!lease.isSafe() || isRefused())", to: "if (isRefused())" },
      { file: rebuild, from: "return lease.isSafe();", to: "return true;" },
    ],
  },
  one(
    "the views' call is noted once",
    "units",
    rebuild,
    "await note();",
    "if (bucket.entries.get(lineKey(entry))?.doubt === entry.doubt) await note();",
  ),
  one(
    "receipts wait for a slow line",
    "units",
    settling,
    "await before;\n    const ends",
    "await lastCounted;\n    const ends",
  ),
  one("the views' call is not noted", "stalls", rebuild, "await note();", ""),
  one(
    "the first 404 ends the run",
    "units",
    "functions/export-usage/send/halt.ts",
    'meet({ kind: "refused", reason: kind });',
    'meet({ kind: "refused", reason: kind });\n      if (kind === "unmapped") meet({ kind: "not-connected", reason: "not-connected" });',
  ),
  {
    name: "the plan carries the numbers",
    killedBy: "units",
    patches: [
      { file: "shared/exports/line.ts", from: "billed: z.boolean(),", to: "billed: z.boolean(), planned: z.int()," },
      {
        file: scope,
        from: "      billed,\n    }));",
        to: "      billed, planned: 10,\n    }));",
      },
      {
        file: prepare,
        from: "(count?.unitCount ?? 0)",
        to: "(line.billed ? line.planned : 0)",
      },
    ],
  },
  one("a slow table gives no moment", "units", slots, "now + leadMs", "now"),
  one("a worker that was held up writes on", "units", inUse, "await lease.keep();", ""),
  one("101 calls a second", "units", slots, "(1000 / perSecond)", "(1000 / (perSecond + 6))"),
  one(
    "slots are reserved without a condition",
    "units",
    slots,
    'await table.put(item, value.version === 0 ? "absent" : value.version);',
    "await table.put(item);",
  ),
  {
    name: "moments that were missed are used",
    killedBy: "units",
    patches: [
      { file: pacer, from: "if (waitMs < -maxLateMs) continue;", to: "" },
      { file: pacer, from: "if (clock.now() - at <= maxLateMs) return true;", to: "return true;" },
    ],
  },
];
