import * as z from "zod";
import { instant } from "../identifier.ts";
import type { ExportTrigger } from "../integrations/record/wants.ts";
import { exportLane } from "../outbox/export-lane.ts";
import { partnerPk } from "../partners/partner.ts";
import { openEnum, readableOf, readRow } from "../stored.ts";
import { type Item, type Key, type Page, type RowWrite, type Table, versioned } from "../table/table.ts";
import { dueEntry } from "./attention.ts";
import { compactExport } from "./compact-export.ts";
import { totals } from "./line.ts";

/** `changes`: what Gradient does not surely hold. `full`: everything. `dry-run`: the same way without a call out. */
export const exportMode = z.enum(["changes", "full", "dry-run"]);
export type ExportMode = z.infer<typeof exportMode>;

/**
 * Which lines a run plans. `all` that the partner has; `retry`: those that were left over; `repeat`: those that
 * Gradient took long ago; `narrowed`: those that a person chose; `look`: a few that tell whether they are mapped by
 * now; `final`: zero for each that Gradient holds units for, because the partner leaves.
 */
export type ExportKind = "all" | "retry" | "repeat" | "narrowed" | "look" | "final";

/** Why the rest of a run is not sent. */
export const stopReason = z.enum([
  "cancelled",
  "token-rejected",
  "not-connected",
  "vendor-key",
  "gradient-refuses",
  "gradient-down",
  "doubted",
  "stalled",
  "person-first",
  "unknown-mode",
]);
export type StopReason = z.infer<typeof stopReason>;

/** What a run left over although the service may still send it. */
const leftOver = z.object({
  lines: z.int(),
  /** Some of it because Gradient failed or did not answer. */
  isUnanswered: z.boolean(),
  /** Until when a number that was sent without an answer may still land, the latest of them. */
  doubtUntil: instant.nullable(),
  /** Customers that were set aside because they cannot be read. A look that can wants everything: no retry does. */
  unreadable: z.int().default(0),
  /** No line is left, but what shows them: one that Gradient holds is owed in the ledger for that. */
  areViewsOwed: z.boolean().optional(),
});
export type LeftOver = z.infer<typeof leftOver>;
export const nothingLeft: LeftOver = { lines: 0, isUnanswered: false, doubtUntil: null, unreadable: 0 };

/** One run over a fixed list of a partner's lines. planned → sending → finished, or cancelled on the way. */
const usageExport = z.object({
  id: z.string(),
  partnerId: z.string(),
  trigger: openEnum<ExportTrigger>(),
  /** A person's `sub`, or `service`. */
  startedBy: z.string(),
  mode: openEnum<ExportMode>(),
  // a run of a version that had no kinds, or has others, passes for one that meets no want
  kind: openEnum<ExportKind>().default("narrowed"),
  lane: exportLane,
  state: openEnum<"planned" | "sending" | "finished" | "cancelled">(),
  outcome: openEnum<"succeeded" | "partial" | "failed">().nullable(),
  /** Why there was nothing to send, where there was nothing. */
  reason: z.string().nullable().default(null),
  /** Narrows the run to these customers, to these services, to what an earlier export did not bring to Gradient. */
  customerIds: z.array(z.string()).nullable(),
  serviceIds: z.array(z.string()).nullable().default(null),
  retryOf: z.string().nullable().default(null),
  /** The lines that a look tries. */
  probes: z
    .array(z.object({ customerId: z.string(), serviceId: z.string() }))
    .nullable()
    .default(null),
  totals,
  leftOver: leftOver.default(nothingLeft),
  /**
   * How many chunks are sent; null until planned. What is unchanged lies in chunks behind these, with its receipts from
   * the start.
   */
  chunks: z.int().nullable(),
  /** Those behind included; rows with higher numbers are left from an attempt to plan that died. */
  allChunks: z.int().nullable().default(null),
  /**
   * From this chunk on come the lines at which the run may end, as one before has: those are owed, each by itself,
   * where a refusal stops it among them. Null where there are none, or where others were kept back, too.
   */
  suspectsFrom: z.int().nullable().default(null),
  /** Every chunk below has its receipts. */
  nextChunk: z.int(),
  /** The message that carries the run at present, and when it was owed. */
  leg: z.int(),
  queuedAt: instant.default("1970-01-01T00:00:00.000Z"),
  /** Who sends, and until when nobody else may. */
  lease: z.object({ holder: z.string(), until: instant }).nullable(),
  stop: openEnum<StopReason>().nullable(),
  /** Gradient was asked to rebuild its views after the last accepted count. */
  viewsRebuilt: z.boolean(),
  /** Some line that Gradient accepted in this run, to be repeated if the views are not rebuilt otherwise. */
  acceptedLine: z.object({ customerId: z.string(), serviceId: z.string() }).nullable(),
  /** Gradient's id of the connection that the counts go to; null until planned. */
  connectionId: z.string().nullable(),
  /** The wishes that this run knew of before it planned, and the floor of proof then. */
  seq: z.int().default(0),
  proofGen: z.int().default(0),
  /** When it read what it planned from. */
  readAt: instant.nullable().default(null),
  /** The want that it was admitted for, up to this number; null where a person started it. */
  admittedFor: z
    .object({ want: z.enum(["all", "retry", "repeat"]), seq: z.int() })
    .nullable()
    .default(null),
  /** Lines that were to be sent when it was planned. */
  toSend: z.int().default(0),
  /** Unchanged lines whose turn it is to be sent again. */
  repeatsDue: z.int().default(0),
  /** Services that lines wait for until they are set up in Gradient. */
  awaitedServiceIds: z.array(z.string()).default([]),
  /** The plan has lines of customers that are no longer billed. */
  endsBilling: z.boolean(),
  acceptedServiceIds: z.array(z.string()),
  createdAt: instant,
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
  /** When it was planned, or a chunk settled, last; and how often it got another message for want of that. */
  progressAt: instant.default("1970-01-01T00:00:00.000Z"),
  stalls: z.int().default(0),
  version: z.number(),
});
export type UsageExport = z.infer<typeof usageExport>;

// 13 months, and some days so that the 13th is whole
const keptSeconds = 400 * 24 * 60 * 60;
const lookId = "look-";
const dryRunId = "-dry-";
// nobody asks for the receipts of a look, and those of a dry run show what would be sent now: people may make many
const previewKeptSeconds = 8 * 24 * 60 * 60;

export const isLookId = (id: string): boolean => id.startsWith(lookId);

/** When the rows of a run go, in seconds since 1970 as DynamoDB asks for it: its own row and its chunks alike. */
export const retentionOf = ({ id, createdAt }: Pick<UsageExport, "id" | "createdAt">): number =>
  Math.floor(Date.parse(createdAt) / 1000) + (isLookId(id) || id.includes(dryRunId) ? previewKeptSeconds : keptSeconds);

/** A state of another version is over as well once it has an end. */
export const isOver = ({ state, finishedAt }: Pick<UsageExport, "state" | "finishedAt">): boolean =>
  state === "finished" || state === "cancelled" || finishedAt !== null;

/** A worker is at it, for all that anybody can know. */
export const isHeld = ({ lease }: UsageExport, now: Date): boolean =>
  lease !== null && Date.parse(lease.until) > now.getTime();

export const isLook = ({ kind }: Pick<UsageExport, "kind">): boolean => kind === "look";

/** Looks have keys of their own: the history that a partner sees does not hold them. */
export const exportKey = (partnerId: string, id: string): Key => ({
  pk: partnerPk(partnerId),
  sk: isLookId(id) ? `look#${id}` : `export#${id}`,
});

const toItem = (value: UsageExport): Item => ({
  ...compactExport(value),
  ...exportKey(value.partnerId, value.id),
  ...(isOver(value) ? {} : dueEntry(value)),
  expiresAt: retentionOf(value),
});

export const exportWrite = (value: UsageExport): RowWrite => versioned(toItem(value));

export const fromExportItem = (item: Item): UsageExport => readRow(usageExport, item);

export const findExport = async (
  table: Pick<Table, "get">,
  partnerId: string,
  id: string,
): Promise<UsageExport | undefined> => {
  const item = await table.get(exportKey(partnerId, id));
  return item && fromExportItem(item);
};

/** To look at, newest first: ids begin with the time of their start. Without those that cannot be read. */
export const listExports = async (
  table: Pick<Table, "query">,
  partnerId: string,
  page: { after?: string; limit: number },
): Promise<Page<UsageExport>> => {
  const { items, next } = await table.query({ pk: partnerPk(partnerId), prefix: "export#", descending: true, ...page });
  return { items: readableOf(items, fromExportItem), next };
};

/** Ids begin with the time of the start, so that they sort by it. */
export const exportIdAt = (at: Date, what: string): string => `${at.toISOString().replaceAll(/[-:.]/g, "")}-${what}`;
export const dryRunIdAt = (at: Date, what: string): string => exportIdAt(at, `dry-${what}`);
export const lookIdAt = (at: Date, what: string): string => `${lookId}${exportIdAt(at, what)}`;
