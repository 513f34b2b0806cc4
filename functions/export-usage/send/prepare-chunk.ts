import { type Chunk, chunkWrite, type Intent } from "#shared/exports/chunk";
import type { Line } from "#shared/exports/line";
import type { UsageExport } from "#shared/exports/usage-export";
import { landsWithinMs } from "#shared/gradient/lost-calls";
import type { HubService } from "#shared/services/hub-service";
import type { Table } from "#shared/table/table";
import { type Bucket, type LedgerEntry, lineKey } from "#shared/usage/ledger";
import { readUsage } from "#shared/usage/usage";
import { decide, type Verdict, verdicts } from "./line-decision.ts";

/** One line, the number that was read for it, and what is to be done with it. */
export interface PreparedLine {
  line: Line;
  unitCount: number;
  asOf: string | null;
  entry: LedgerEntry | undefined;
  verdict: Verdict | "send";
}

export interface PreparedChunk {
  chunk: Chunk;
  bucket: Bucket;
  lines: PreparedLine[];
}

interface Dependencies {
  table: Table;
  services: Map<string, HubService>;
  mode: UsageExport["mode"];
  /** How every line ends where the run has been stopped; null while lines are sent. */
  stopped: Verdict | null;
  now: number;
}

/**
 * A number that a dead worker may have sent counts as sent just now and not answered: later than now that worker could
 * not send it.
 */
const entryWithIntent = (
  { customerId, serviceId }: Line,
  entry: LedgerEntry | undefined,
  intent: Intent | undefined,
  until: string,
): LedgerEntry | undefined => {
  if (intent === undefined) return entry;
  const last = entry?.last ?? { outcome: "deferred", at: until };
  return {
    customerId,
    serviceId,
    accepted: entry?.accepted ?? null,
    last,
    doubt: { unitCount: intent.unitCount, until },
  };
};

/**
 * Reads the numbers for a chunk's lines as late as possible, decides on each line, and notes what is about to be sent
 * before anything is sent: whoever takes over from a dead worker then knows which numbers may be under way.
 */
export const prepareChunk = async (
  { table, services, mode, stopped, now }: Dependencies,
  chunk: Chunk,
  bucket: Bucket,
): Promise<PreparedChunk> => {
  const { content } = chunk;
  if (content.state === "done") return { chunk, bucket, lines: [] };
  const customerIds = [...new Set(content.lines.map(({ customerId }) => customerId))];
  const usage = await readUsage(table, chunk.partnerId, customerIds);
  const until = new Date(now + landsWithinMs).toISOString();
  const left = new Map((content.state === "sending" ? content.intents : []).map((intent) => [intent.at, intent]));

  const lines = content.lines.map((line, at): PreparedLine => {
    const count = line.billed ? usage.get(line.customerId)?.counts[line.serviceId] : undefined;
    const intent = left.get(at);
    // do not report *not sent* for a number that a dead worker may have sent
    const isLeft = stopped !== null && intent !== undefined;
    const unitCount = isLeft ? intent.unitCount : (count?.unitCount ?? 0);
    const entry = entryWithIntent(line, bucket.entries.get(lineKey(line)), intent, until);
    const isInGradient = (services.get(line.serviceId)?.gradientServiceId ?? null) !== null;
    const verdict = isLeft
      ? verdicts.noAnswerBeforeStop
      : (stopped ?? decide({ mode, unitCount, isInGradient, entry, now }));
    return { line, unitCount, asOf: count?.measuredAt ?? null, entry, verdict };
  });

  const intents = lines.flatMap(({ verdict, unitCount }, at) => (verdict === "send" ? [{ at, unitCount }] : []));
  // a fenced line keeps a dead worker's intent: the next worker to take over must know of it, too
  const kept = [...left.values()].filter(({ at }) => !intents.some((intent) => intent.at === at));
  if (intents.length === 0) return { chunk, bucket, lines };
  const marked: Chunk = {
    ...chunk,
    content: { state: "sending", lines: content.lines, intents: [...intents, ...kept] },
  };
  const { put, expect } = chunkWrite(marked);
  await table.put(put, expect);
  return { chunk: { ...marked, version: marked.version + 1 }, bucket, lines };
};
