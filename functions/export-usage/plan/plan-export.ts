import type { PreparedChunk } from "#functions/export-usage/send/prepare-chunk";
import { type Chunk, closingChunks, findChunk, maxLinesPerChunk, toChunkItem } from "#shared/exports/chunk";
import { LeaseLost } from "#shared/exports/export-lease";
import { noTotals } from "#shared/exports/line";
import { readRetriedLines } from "#shared/exports/retried-export";
import { nothingLeft, type UsageExport } from "#shared/exports/usage-export";
import { findIntegration, type Integration, integrationWrite, withProblem } from "#shared/integrations/integration";
import { aDayAfter } from "#shared/integrations/record/looks";
import { isConflict, retryOnConflict, type Table } from "#shared/table/table";
import { bitsFor, bucketOf } from "#shared/usage/ledger";
import { chooseLines } from "./choose-lines.ts";
import { inSendingOrder } from "./in-sending-order.ts";
import { type PlanSources, readPlanSources, withNobodyBilled } from "./plan-sources.ts";
import { type Planning, prepareFirst } from "./prepare-first.ts";
import { widenLedger } from "./widen-ledger.ts";

// as many as are written at once, between two looks at the lease
const chunksAtOnce = 16;

/** Lines, or receipts, cut into chunks, each within one row of the ledger: that of the first line first. */
export const cutIntoChunks = <T extends { customerId: string }>(
  lines: T[],
  bits: number,
): { bucket: number; lines: T[] }[] =>
  [...Map.groupBy(lines, ({ customerId }) => bucketOf(customerId, bits))].flatMap(([bucket, all]) =>
    Array.from({ length: Math.ceil(all.length / maxLinesPerChunk) }, (_, part) => ({
      bucket,
      lines: all.slice(part * maxLinesPerChunk, (part + 1) * maxLinesPerChunk),
    })),
  );

/** The views show what has been sent with each group of lines, whatever becomes of the next one's. */
const withEnd = <T extends object>(chunks: T[]): (T & Pick<Chunk, "toEnd">)[] =>
  chunks.map((chunk, index) => {
    const toEnd = chunks.length - 1 - index;
    return toEnd < closingChunks ? { ...chunk, toEnd } : chunk;
  });

/**
 * The number of rows that the ledger needs now; moves it there first when it has grown out of the old ones. Only the
 * partner's run under way may: a dry run beside it, or a worker whose run was closed meanwhile, would move the rows
 * while another run writes them.
 */
const fitLedger = async (table: Table, { id, mode }: UsageExport, integration: Integration, lines: number) => {
  const { partnerId, ledgerBits } = integration;
  const bits = bitsFor(lines, ledgerBits);
  if (bits === ledgerBits || mode === "dry-run") return ledgerBits;
  const connectionId = integration.gradient?.integrationId ?? "";
  const isInUse = async () => ((await findIntegration(table, partnerId))?.ledgerBits ?? 0) >= bits;
  await widenLedger(table, { partnerId, bits: ledgerBits, connectionId }, bits, isInUse);
  await retryOnConflict(async () => {
    const current = await findIntegration(table, integration.partnerId);
    // the close of a run writes this record, too: one of the two finds that the other came first
    if (current?.currentExportId !== id) throw new LeaseLost();
    if (current.ledgerBits < bits) await table.transact([integrationWrite({ ...current, ledgerBits: bits })]);
  });
  return bits;
};

/**
 * Stores a chunk that nobody has begun. Its version is the export's when this worker took the run: later holders have
 * higher ones, so a worker that was held up cannot put its plan over a plan that is being sent.
 */
const storePlanned = async (table: Pick<Table, "get" | "put">, chunk: Chunk): Promise<void> => {
  for (let before: Chunk | undefined; ; ) {
    try {
      return await table.put(toChunkItem(chunk), before?.version ?? "absent");
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
    before = await findChunk(table, chunk.partnerId, chunk.exportId, chunk.number);
    // one of this worker's own is written over: what it planned before its answer was lost may be another plan
    if (before && before.version > chunk.version) throw new LeaseLost();
  }
};

/** What the export keeps of its plan. */
export type Plan = Pick<
  UsageExport,
  | "connectionId"
  | "seq"
  | "proofGen"
  | "readAt"
  | "chunks"
  | "allChunks"
  | "suspectsFrom"
  | "toSend"
  | "repeatsDue"
  | "awaitedServiceIds"
  | "reason"
  | "endsBilling"
  | "totals"
  | "leftOver"
>;

export interface Planned {
  plan: Plan;
  ledgerBits: number;
  services: PlanSources["services"];
  /** The first chunks, by number, with what is about to be sent noted already. */
  prepared: Map<number, PreparedChunk>;
}

/** The page tells of it, and a look finds out when it is over. */
const showUnreadable = (table: Table, partnerId: string, at: string): Promise<void> =>
  retryOnConflict(async () => {
    const before = await findIntegration(table, partnerId);
    if (!before || before.problems.some(({ code }) => code === "record.unreadable")) return;
    const { mapping } = before;
    const shown = withProblem(before, "record.unreadable", at);
    const nextCheckAt = mapping.nextCheckAt ?? aDayAfter(at);
    await table.transact([integrationWrite({ ...shown, mapping: { ...mapping, nextCheckAt } })]);
  });

/** Others have lines that no retry has, a choice of their own, or a close that looks through the ledger. */
const leavesToRetry = ({ kind }: UsageExport): boolean => kind === "all" || kind === "retry" || kind === "repeat";

/**
 * Fixes the lines of a run and stores them in chunks: first those to send, in the order in which they go out, then
 * those that are unchanged, whose receipts are written at once. Done again after a crash it writes the same chunk
 * numbers; nothing has been sent before the export names how many there are, whatever numbers the chunks of an attempt
 * that died have noted.
 */
export const planExport = async (planning: Planning): Promise<Planned> => {
  const { table, lease, integration, readAt } = planning;
  const run = lease.current();
  const { partnerId, id: exportId, retryOf, createdAt, version } = run;
  // before the other sources, not beside them: each is read in pages that take memory
  const isRetried = retryOf === null ? undefined : await readRetriedLines(table, partnerId, retryOf);
  const read = await readPlanSources(table, integration);
  if (read.unreadable.length > 0) await showUnreadable(table, partnerId, readAt.toISOString());
  const sources = run.kind === "final" ? withNobodyBilled(read) : read;
  const chosen = chooseLines({ run, integration, sources, now: readAt.getTime(), isRetried });
  const lines = chosen.toSend.length + chosen.unchanged.length + chosen.setAside.length;
  const ledgerBits = await fitLedger(table, run, integration, Math.max(lines, sources.entries.size));

  const inOrder = inSendingOrder(chosen.toSend, sources.entries);
  const groups = inOrder.groups.map((group) => withEnd(cutIntoChunks(group, ledgerBits)));
  const sending = groups.flat();
  const before = leavesToRetry(run) ? inOrder.suspectsFrom : null;
  const settled = cutIntoChunks([...chosen.unchanged, ...chosen.setAside], ledgerBits);
  const contents: Pick<Chunk, "bucket" | "toEnd" | "content">[] = [
    ...sending.map(({ lines: part, ...its }) => ({ ...its, content: { state: "planned", lines: part } as const })),
    ...settled.map(({ bucket, lines: part }) => ({ bucket, content: { state: "done", receipts: part } as const })),
  ];
  const chunks = contents.map((its, number): Chunk => ({ partnerId, exportId, number, ...its, createdAt, version }));
  // those of the next group are read once the views show this one, which may take minutes
  const first = chunks.slice(0, groups[0]?.length ?? 0);
  const prepared = await prepareFirst(planning, first, sources, { bits: ledgerBits, lines });
  for (let from = 0; from < chunks.length; from += chunksAtOnce) {
    await lease.keep();
    const some = chunks.slice(from, from + chunksAtOnce);
    await Promise.all(some.map((chunk) => storePlanned(table, prepared.get(chunk.number)?.chunk ?? chunk)));
  }
  const plan: Plan = {
    connectionId: integration.gradient?.integrationId ?? "",
    seq: integration.wants.seq,
    proofGen: integration.proofGen,
    readAt: readAt.toISOString(),
    chunks: sending.length,
    allChunks: contents.length,
    suspectsFrom: before === null ? null : groups.slice(0, before).flat().length,
    toSend: chosen.toSend.length,
    repeatsDue: chosen.repeatsDue,
    awaitedServiceIds: chosen.awaitedServiceIds,
    reason: chosen.reason,
    endsBilling: chosen.toSend.some(({ billed }) => !billed),
    totals: { ...noTotals, lines, unchanged: chosen.unchanged.length, deferred: chosen.setAside.length },
    leftOver: { ...nothingLeft, unreadable: chosen.unreadable },
  };
  return { plan, ledgerBits, services: sources.services, prepared };
};
