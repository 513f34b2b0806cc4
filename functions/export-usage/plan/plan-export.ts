import { type Chunk, findChunk, maxLinesPerChunk, toChunkItem } from "#shared/exports/chunk";
import { type Lease, LeaseLost } from "#shared/exports/export-lease";
import type { Line } from "#shared/exports/line";
import { linesInScope } from "#shared/exports/lines-in-scope";
import { readRetriedLines } from "#shared/exports/retried-export";
import { findIntegration, type Integration, integrationWrite } from "#shared/integrations/integration";
import { isConflict, retryOnConflict, type Table } from "#shared/table/table";
import { bitsFor, bucketOf } from "#shared/usage/ledger";
import { readPlanSources } from "./plan-sources.ts";
import { widenLedger } from "./widen-ledger.ts";

// written at once; the lease is looked at before each such group
const chunksAtOnce = 16;

/** Lines cut into chunks, each within one row of the ledger. */
export const cutIntoChunks = (lines: Line[], bits: number): { bucket: number; lines: Line[] }[] =>
  [...Map.groupBy(lines, ({ customerId }) => bucketOf(customerId, bits))]
    .sort(([a], [b]) => a - b)
    .flatMap(([bucket, all]) =>
      Array.from({ length: Math.ceil(all.length / maxLinesPerChunk) }, (_, part) => ({
        bucket,
        lines: all.slice(part * maxLinesPerChunk, (part + 1) * maxLinesPerChunk),
      })),
    );

/** Answers the bits that the ledger needs now; moves it into more rows first where it has outgrown the old ones. */
const fitLedger = async (table: Table, integration: Integration, lines: number) => {
  const { partnerId, ledgerBits } = integration;
  const bits = bitsFor(lines, ledgerBits);
  if (bits === ledgerBits) return bits;
  const connectionId = integration.gradient?.integrationId ?? "";
  const isInUse = async () => ((await findIntegration(table, partnerId))?.ledgerBits ?? 0) >= bits;
  await widenLedger(table, { partnerId, bits: ledgerBits, connectionId }, bits, isInUse);
  await retryOnConflict(async () => {
    const current = await findIntegration(table, partnerId);
    if (!current || current.ledgerBits >= bits) return;
    await table.transact([integrationWrite({ ...current, ledgerBits: bits })]);
  });
  return bits;
};

/**
 * Stores a chunk that nobody has begun. Its version is the export's when this worker took the run. Later holders have
 * higher ones, so a worker that was held up cannot write its plan over one that is being sent.
 */
const storePlanned = async (table: Pick<Table, "get" | "put">, chunk: Chunk): Promise<void> => {
  for (let before: Chunk | undefined; ; ) {
    try {
      return await table.put(toChunkItem(chunk), before?.version ?? "absent");
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
    before = await findChunk(table, chunk.partnerId, chunk.exportId, chunk.number);
    if (before && before.version > chunk.version) throw new LeaseLost();
    // our own write, whose answer was lost
    if (before?.version === chunk.version) return;
  }
};

export interface Plan {
  chunks: number;
  lines: number;
  ledgerBits: number;
  endsBilling: boolean;
}

/**
 * Fixes the lines of a run and stores them in chunks. Planning again after a crash writes the same chunk numbers;
 * nothing is sent before the export names how many chunks there are.
 */
export const planExport = async (table: Table, lease: Lease, integration: Integration): Promise<Plan> => {
  const { partnerId, id: exportId, customerIds, retryOf, createdAt, version } = lease.current();
  const wanted = customerIds && new Set(customerIds);
  // one source after the other: each is read in pages that take memory
  const isRetried = retryOf === null ? undefined : await readRetriedLines(table, partnerId, retryOf);
  const all = linesInScope(await readPlanSources(table, integration));
  const ledgerBits = await fitLedger(table, integration, all.length);
  const lines = all.filter((line) => (wanted?.has(line.customerId) ?? true) && (isRetried?.(line) ?? true));
  const chunks = cutIntoChunks(lines, ledgerBits);
  for (let from = 0; from < chunks.length; from += chunksAtOnce) {
    await lease.keep();
    await Promise.all(
      chunks.slice(from, from + chunksAtOnce).map(({ bucket, lines: chunkLines }, place) => {
        const content: Chunk["content"] = { state: "planned", lines: chunkLines };
        return storePlanned(table, { partnerId, exportId, number: from + place, bucket, content, createdAt, version });
      }),
    );
  }
  return {
    chunks: chunks.length,
    lines: lines.length,
    ledgerBits,
    endsBilling: lines.some(({ billed }) => !billed),
  };
};
