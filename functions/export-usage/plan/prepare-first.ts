import { decideChunk, type PreparedChunk } from "#functions/export-usage/send/prepare-chunk";
import type { Chunk } from "#shared/exports/chunk";
import type { Lease } from "#shared/exports/export-lease";
import type { Line } from "#shared/exports/line";
import type { Integration } from "#shared/integrations/integration";
import { largeLines } from "#shared/integrations/record/expected-lines";
import type { Table } from "#shared/table/table";
import { bucketOf, readBucket } from "#shared/usage/ledger";
import type { PlanSources } from "./plan-sources.ts";

export interface Planning {
  table: Table;
  lease: Lease;
  /** As it was read before anything else: the run has met the wishes that stand in it, and no later ones. */
  integration: Integration;
  readAt: Date;
  /** Whether there is time to send something before this worker hands the run over. */
  mayBegin: () => boolean;
  now: () => number;
}

// as many as a worker reads at once when it begins to send: later ones are read when their turn comes
const preparedAtOnce = 2;

/**
 * The first chunks of a run that is no large one: what their lines were chosen by was read a moment ago, and is not
 * read again for them, nor is the chunk written twice. Nothing of it is sent before the export names its chunks. A
 * chunk in which a count is missing is left for later: its customer may have gone since the customers were read.
 */
export const prepareFirst = async (
  { table, lease, integration, mayBegin, now }: Planning,
  planned: Chunk[],
  sources: PlanSources,
  { bits, lines }: { bits: number; lines: number },
): Promise<Map<number, PreparedChunk>> => {
  const prepared = new Map<number, PreparedChunk>();
  if (!mayBegin() || lines > largeLines) return prepared;
  const { mode, kind } = lease.current();
  const { partnerId, proofGen, gradient } = integration;
  const deciding = {
    services: sources.services,
    run: { mode, kind, proofGen },
    heard: new Map(),
    notTaken: new Map(),
    refusedLines: new Set<string>(),
    stopped: null,
    hasGivenUp: false,
  };
  const countOf = ({ customerId, serviceId }: Line) => sources.counted.get(customerId)?.get(serviceId);
  for (const chunk of planned.slice(0, preparedAtOnce)) {
    const { content } = chunk;
    if (content.state !== "planned" || content.lines.some((line) => line.billed && !countOf(line))) continue;
    const row = bits === integration.ledgerBits ? sources.rows.get(chunk.bucket) : undefined;
    const its = [...sources.entries].filter(([, { customerId }]) => bucketOf(customerId, bits) === chunk.bucket);
    const bucket = row
      ? { ...row, entries: new Map(its) }
      : await readBucket(table, { partnerId, bits, number: chunk.bucket }, gradient?.integrationId ?? "");
    prepared.set(
      chunk.number,
      decideChunk({ ...deciding, now: now() }, chunk, bucket, { countOf, isGone: () => false }),
    );
  }
  return prepared;
};
