import * as z from "zod";
import { instant } from "../identifier.ts";
import { exportLane } from "../outbox/export-lane.ts";
import { partnerPk } from "../partners/partner.ts";
import { openEnum, readableOf, readRow } from "../stored.ts";
import { type Item, type Key, type Page, type RowWrite, type Table, versioned } from "../table/table.ts";
import { settledLines, totals } from "./line.ts";

export type ExportTrigger = "schedule" | "manual" | "mapping" | "recovery";

/**
 * `changes`: what Gradient does not surely hold. `full`: everything. `dry-run`: what `changes` would send, without a
 * call.
 */
export const exportMode = z.enum(["changes", "full", "dry-run"]);
export type ExportMode = z.infer<typeof exportMode>;

/**
 * `superseded`: the partner is due for a run that sends more than this one. `unknown-mode`: only another version could
 * carry it.
 */
export const stopReason = z.enum([
  "cancelled",
  "superseded",
  "token-rejected",
  "forbidden",
  "not-connected",
  "overdue",
  "unknown-mode",
]);
export type StopReason = z.infer<typeof stopReason>;

/** One run over a fixed list of a partner's lines. planned → sending → finished, or cancelled on the way. */
const usageExport = z.object({
  id: z.string(),
  partnerId: z.string(),
  trigger: openEnum<ExportTrigger>(),
  /** A person's `sub`, or `service`. */
  startedBy: z.string(),
  mode: openEnum<ExportMode>(),
  lane: exportLane,
  state: openEnum<"planned" | "sending" | "finished" | "cancelled">(),
  outcome: openEnum<"succeeded" | "partial" | "failed">().nullable(),
  /** Narrows the run to these customers. */
  customerIds: z.array(z.string()).nullable(),
  /** Narrows the run to what this earlier export did not bring to Gradient. */
  retryOf: z.string().nullable().default(null),
  /**
   * When the scheduled run was due that joined this one. If this one is stopped, the scheduled one may still be owed.
   */
  standsFor: instant.nullable().default(null),
  totals,
  /** How many chunks the lines are cut into; null until planned. */
  chunks: z.int().nullable(),
  /** Every chunk with a lower number has its receipts. */
  nextChunk: z.int(),
  /** The number of the message that carries the run at present. */
  leg: z.int(),
  /** Who sends, and until when nobody else may. */
  lease: z.object({ holder: z.string(), until: instant }).nullable(),
  /** Why the rest is not to be sent. */
  stop: openEnum<StopReason>().nullable(),
  /** Gradient was asked to rebuild its views after the last accepted count. */
  viewsRebuilt: z.boolean(),
  /** Some line waits for its service to be set up in Gradient. */
  awaitsService: z.boolean(),
  /** Gradient's id of the connection that the counts go to; null until planned. */
  connectionId: z.string().nullable(),
  /** The plan has lines of customers that are no longer billed. */
  endsBilling: z.boolean(),
  acceptedServiceIds: z.array(z.string()),
  /**
   * A line that Gradient accepted, in this run or an earlier one. It is repeated if nothing else rebuilds the views.
   */
  acceptedLine: z.object({ customerId: z.string(), serviceId: z.string() }).nullable(),
  createdAt: instant,
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
  /** When it must have ended; past this the recovery closes it. */
  expectedBy: instant,
  version: z.number(),
});
export type UsageExport = z.infer<typeof usageExport>;

// 13 months, and some days so that the 13th is whole
const keptSeconds = 400 * 24 * 60 * 60;

export const retentionOf = (createdAt: string): number => Math.floor(Date.parse(createdAt) / 1000) + keptSeconds;

export const runningExports = "running-export";

/** A state of another version is over as well once it has an end. */
export const isOver = ({ state, finishedAt }: Pick<UsageExport, "state" | "finishedAt">): boolean =>
  state === "finished" || state === "cancelled" || finishedAt !== null;

/** Leaves lines out, whatever has become of them: no scheduled run can join such a run. */
export const isNarrowed = ({ customerIds, retryOf }: Pick<UsageExport, "customerIds" | "retryOf">): boolean =>
  customerIds !== null || retryOf !== null;

export const exportKey = (partnerId: string, id: string): Key => ({ pk: partnerPk(partnerId), sk: `export#${id}` });

const toItem = (value: UsageExport): Item => ({
  ...value,
  ...exportKey(value.partnerId, value.id),
  ...(isOver(value) ? {} : { dueKind: runningExports, dueAt: value.expectedBy }),
  expiresAt: retentionOf(value.createdAt),
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

/** To look at, newest first: ids begin with the time. Without those that cannot be read. */
export const listExports = async (
  table: Pick<Table, "query">,
  partnerId: string,
  page: { after?: string; limit: number },
): Promise<Page<UsageExport>> => {
  const { items, next } = await table.query({ pk: partnerPk(partnerId), prefix: "export#", descending: true, ...page });
  return { items: readableOf(items, fromExportItem), next };
};

/** Sorts by time, and the same trigger gives the same id: a double trigger starts nothing twice. */
export const exportIdAt = (at: Date, what: string): string => `${at.toISOString().replaceAll(/[-:.]/g, "")}-${what}`;

/**
 * Succeeded: Gradient holds every line's number. Failed: it took none of them. A dry run succeeds by reaching its end.
 * Throws when the outcomes do not sum up to the lines: that must never be written down as an end.
 */
export const outcomeOf = ({ totals: sums, mode, chunks, stop }: UsageExport): "succeeded" | "partial" | "failed" => {
  const { lines, accepted, unchanged } = sums;
  if (settledLines(sums) !== lines) throw new Error("The outcomes of an export do not sum up to its lines");
  if (chunks === null) return "failed";
  if (mode === "dry-run") return stop === null ? "succeeded" : "partial";
  if (accepted + unchanged === lines) return "succeeded";
  return accepted + unchanged === 0 ? "failed" : "partial";
};
