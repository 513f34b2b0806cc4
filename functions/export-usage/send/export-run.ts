import type { Intent } from "#shared/exports/chunk";
import type { Lease } from "#shared/exports/export-lease";
import type { Receipt } from "#shared/exports/line";
import type { StopReason } from "#shared/exports/usage-export";
import type { CountAnswer, CountClient } from "#shared/gradient/gradient-api";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import type { Clock } from "#shared/pace/clock";
import type { Pacer } from "#shared/pace/pacer";
import type { HubService } from "#shared/services/hub-service";
import type { Table } from "#shared/table/table";
import type { Halt } from "./halt.ts";
import type { Patience } from "./patience.ts";
import type { Heard, PreparedChunk } from "./prepare-chunk.ts";

/** The token that a run sends with, and where it is kept. */
export interface RunToken {
  value: PartnerToken;
  secretName: string;
  versionId: string;
}

/** Everything that one worker needs while it carries one run. */
export interface ExportRun {
  table: Table;
  gradient: CountClient;
  pacer: Pacer;
  /** The full rate, for everybody together. */
  callsPerSecond: number;
  clock: Clock;
  /** 0 to 1. */
  random: () => number;
  lease: Lease;
  halt: Halt;
  /** Null where the run was stopped before anything could be sent. */
  token: RunToken | null;
  /** Gradient's id of the connection that the accepted counts belong to. */
  connectionId: string;
  ledgerBits: number;
  services: Map<string, HubService>;
  /** Chunks that were prepared with the plan, by number. */
  prepared: ReadonlyMap<number, PreparedChunk>;
  /** What stands in the way of this partner's calls now, if anything does. */
  obstacle: () => Promise<StopReason | null>;
  /** What stands in the way of everybody's calls now: known without a call of the table for most of a second. */
  outage: () => Promise<StopReason | null>;
  patience: Pick<Patience, "triesOnce" | "isOver">;
  /** Told of every answer of Gradient to a count, and when that went out. */
  onAnswer: (answer: CountAnswer, sentAt: number) => void;
  /** Told of each chunk's receipts once they are written. */
  onSettled: (receipts: Receipt[]) => Promise<void>;
  /**
   * By line, what this worker has heard of the chunks that it has not settled. A refusal that concerns more than its
   * line leaves them open; what Gradient took before stays taken.
   */
  heard: Map<string, Heard>;
  /**
   * By line, of the numbers that this worker has noted: those that Gradient surely does not get from it, because their
   * call has not gone out, or was only refused. Each with what a dead worker had noted before, and may have sent.
   */
  notTaken: Map<string, Intent | undefined>;
  /** The lines at which Gradient refused this run's calls, with a refusal that stands, by `lineKey`. */
  refusedLines: ReadonlySet<string>;
  remainingMs: () => number;
}
