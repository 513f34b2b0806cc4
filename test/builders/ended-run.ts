import { afterRun, endOf } from "#shared/exports/ending/end-export";
import { noTotals } from "#shared/exports/line";
import type { StopReason, UsageExport } from "#shared/exports/usage-export";
import type { Integration } from "#shared/integrations/integration";
import { eligibleAt, isWanted, noWants, type WantKind, type Wants, wish } from "#shared/integrations/record/wants";
import { anIntegration } from "./integration.ts";
import { minutesAfter, noon, now } from "./time.ts";
import { anExport } from "./usage-export.ts";

const moment = { now: now(), random: 0.5, stillAwaited: [] as string[] };
/** When such a run has read its lines. */
export const earlier = minutesAfter(-3);

/** A run with ten lines that has come to its last one; it began when the wishes up to number 5 had been made. */
export const aRun = (run: Partial<UsageExport> = {}): UsageExport =>
  anExport({
    id: "run",
    state: "sending",
    chunks: 1,
    allChunks: 1,
    nextChunk: 1,
    connectionId: "connection-1",
    seq: 5,
    readAt: earlier,
    totals: { ...noTotals, lines: 10, accepted: 10 },
    toSend: 10,
    trigger: "schedule",
    ...run,
  });

/** What was wished before such a run read, with numbers up to 5, and what has been wished since. */
export const wantsOf = (kinds: WantKind[], since: WantKind[] = []): Wants => {
  const made = kinds.reduce((before, kind) => wish(before, kind, { at: earlier, trigger: "mapping" }), {
    ...noWants,
    seq: 5 - kinds.length,
  });
  return since.reduce((before, kind) => wish(before, kind, { at: noon, trigger: "mapping" }), made);
};

/** The partner's record after that run. */
export const endIn = (run: UsageExport, before: Partial<Integration> = {}, more: Partial<typeof moment> = {}) => {
  const over = endOf(run, now());
  return afterRun(anIntegration({ currentExportId: run.id, wants: wantsOf([]), ...before }), over, {
    ...moment,
    ...more,
  });
};

/** What is still wanted, each with the minutes from now until it may be met. */
export const wanted = ({ wants }: Integration): Partial<Record<WantKind, number>> =>
  Object.fromEntries(
    (["all", "retry", "repeat"] as const)
      .filter((kind) => isWanted(wants[kind]))
      .map((kind) => [kind, Math.max(0, (Date.parse(eligibleAt(wants[kind]) ?? "") - Date.parse(noon)) / 60_000)]),
  );

export const leftOver = { lines: 2, isUnanswered: false, doubtUntil: null, unreadable: 0 };
export const left: Partial<UsageExport> = { leftOver, totals: { ...noTotals, lines: 10, accepted: 8, deferred: 2 } };
export const stoppedBy = (stop: StopReason): Partial<UsageExport> => ({ stop, ...left });
