import { customerKey, fromCustomerItem } from "#shared/customers/customer";
import { type Chunk, chunkWrite, type Intent } from "#shared/exports/chunk";
import type { Line } from "#shared/exports/line";
import type { UsageExport } from "#shared/exports/usage-export";
import { unansweredBefore, type Verdict, verdicts } from "#shared/exports/verdicts";
import { landsWithinMs } from "#shared/gradient/lost-calls";
import type { HubService } from "#shared/services/hub-service";
import { store, type Table, written } from "#shared/table/table";
import { doubtAbout } from "#shared/usage/doubt";
import { type Bucket, type LedgerEntry, lineKey } from "#shared/usage/ledger";
import { type Count, readUsageAmong } from "#shared/usage/usage";
import { decide, entryRefused } from "./line-decision.ts";
import type { CountResult } from "./send-count.ts";

/** One line with the number that was read for it and what is to be done. */
export interface PreparedLine {
  line: Line;
  unitCount: number;
  asOf: string | null;
  entry: LedgerEntry | undefined;
  /** What a dead worker has noted for it, and may have sent. */
  left: Intent | undefined;
  /** How it ends, or has ended: with the answer that this worker has heard before. */
  verdict: Verdict | CountResult | "send";
}

export interface PreparedChunk {
  chunk: Chunk;
  bucket: Bucket;
  lines: PreparedLine[];
}

/** What a worker has heard of a line that is in no receipt yet. */
export interface Heard {
  unitCount: number;
  asOf: string | null;
  /** As it was before the call, with the doubts that a dead worker's intents have brought. */
  entry: LedgerEntry | undefined;
  result: CountResult;
}

interface Deciding {
  services: ReadonlyMap<string, HubService>;
  run: Pick<UsageExport, "mode" | "kind" | "proofGen">;
  heard: ReadonlyMap<string, Heard>;
  /** `ExportRun.notTaken`. */
  notTaken: ReadonlyMap<string, Intent | undefined>;
  /** The lines at which Gradient refused this run's calls, by `lineKey`. */
  refusedLines: ReadonlySet<string>;
  /** Set when the run has been stopped: no line is sent any more, each ends like this. */
  stopped: Verdict | null;
  /** The run goes no further: what would be sent is left to the next one. */
  hasGivenUp: boolean;
  now: number;
}

/** What the hub says of a chunk's customers. */
interface Told {
  countOf: (line: Line) => Count | undefined;
  /** Removed since: its counts have gone with it. */
  isGone: (customerId: string) => boolean;
}

interface Dependencies extends Deciding {
  table: Table;
  run: Pick<UsageExport, "mode" | "kind" | "proofGen" | "totals">;
}

/**
 * What a dead worker may have sent counts as sent without an answer, from now on: it could not send later than this.
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
    owed: entry?.owed ?? null,
    doubt: doubtAbout(intent.unitCount, until, entry?.doubt),
  };
};

/** Of these, the customers that have been removed since the run was planned: their counts have gone with them. */
const removedAmong = async (
  table: Pick<Table, "getMany">,
  partnerId: string,
  lines: Pick<Line, "customerId">[],
): Promise<Set<string>> => {
  if (lines.length === 0) return new Set();
  const ids = [...new Set(lines.map(({ customerId }) => customerId))];
  const customers = (await table.getMany(ids.map((id) => customerKey(partnerId, id)))).map(fromCustomerItem);
  return new Set(customers.flatMap(({ id, removedAt }) => (removedAt === null ? [] : [id])));
};

/** Decides on each line, and notes in the chunk which numbers are about to be sent. */
export const decideChunk = (
  { services, run, heard, notTaken, refusedLines, stopped, hasGivenUp, now }: Deciding,
  chunk: Chunk,
  bucket: Bucket,
  { countOf, isGone }: Told,
): PreparedChunk => {
  const { content } = chunk;
  if (content.state === "done") return { chunk, bucket, lines: [] };
  const until = new Date(now + landsWithinMs).toISOString();
  const left = new Map((content.state === "sending" ? content.intents : []).map((intent) => [intent.at, intent]));

  const lines = content.lines.map((line, at): PreparedLine => {
    const count = line.billed ? countOf(line) : undefined;
    const key = lineKey(line);
    const known = heard.get(key);
    if (known) {
      const { result, ...before } = known;
      return { line, ...before, left: undefined, verdict: result };
    }
    const intent = notTaken.has(key) ? notTaken.get(key) : left.get(at);
    // Do not report *not sent* for a number that a dead worker may have sent.
    const isLeft = stopped !== null && intent !== undefined;
    const unitCount = isLeft ? intent.unitCount : (count?.unitCount ?? 0);
    const isMeasured = !line.billed || count !== undefined || isGone(line.customerId);
    const sent = entryWithIntent(line, bucket.entries.get(key), intent, until);
    const entry = refusedLines.has(key) ? entryRefused(sent, line, now) : sent;
    const isInGradient = (services.get(line.serviceId)?.gradientServiceId ?? null) !== null;
    const decided = stopped ?? decide({ run, unitCount, isMeasured, isInGradient, entry, now });
    const givenUp = intent === undefined ? verdicts.untried : verdicts.noAnswerBeforeStop;
    const unlessOver = decided === "send" && hasGivenUp ? givenUp : decided;
    const verdict = isLeft ? unansweredBefore(stopped) : unlessOver;
    return { line, unitCount, asOf: count?.measuredAt ?? null, entry, left: intent, verdict };
  });

  const intents = lines.flatMap(({ verdict, unitCount }, at) => (verdict === "send" ? [{ at, unitCount }] : []));
  // a fenced line of a dead worker keeps its intent: the next one that takes over must know of it too
  const kept = [...left.values()].filter(({ at }) => !intents.some((intent) => intent.at === at));
  if (intents.length === 0) return { chunk, bucket, lines };
  const marked: Chunk = {
    ...chunk,
    content: { state: "sending", lines: content.lines, intents: [...intents, ...kept] },
  };
  return { chunk: marked, bucket, lines };
};

/**
 * Reads the numbers for a chunk's lines, as late as possible, decides on each line, and notes what is about to be sent
 * before anything is: whoever takes over from a dead worker then knows which numbers may be under way.
 */
export const prepareChunk = async (
  { table, ...deciding }: Dependencies,
  chunk: Chunk,
  bucket: Bucket,
): Promise<PreparedChunk> => {
  const { content, partnerId } = chunk;
  if (content.state === "done") return { chunk, bucket, lines: [] };
  const { run } = deciding;
  // a line that is not billed carries zero, whatever its customer's counts say, or whether they can be read
  const counted = content.lines.filter(({ billed }) => billed);
  const customerIds = [...new Set(counted.map(({ customerId }) => customerId))];
  // only a run of all lines knows how many its partner has
  const partnerLines = run.kind === "all" ? run.totals.lines : Number.POSITIVE_INFINITY;
  const usage = await readUsageAmong(table, partnerId, customerIds, partnerLines);
  const countOf = ({ customerId, serviceId }: Line) => usage.get(customerId)?.counts[serviceId];
  const uncounted = counted.filter((line) => countOf(line) === undefined);
  const gone = await removedAmong(table, partnerId, uncounted);
  const told = { countOf, isGone: (id: string) => gone.has(id) };
  const prepared = decideChunk(deciding, chunk, bucket, told);
  if (prepared.chunk === chunk) return prepared;
  await store(table, chunkWrite(prepared.chunk));
  return { ...prepared, chunk: written(prepared.chunk) };
};
