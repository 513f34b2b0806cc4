import type { Lease } from "#shared/exports/export-lease";
import type { Receipt } from "#shared/exports/line";
import type { GradientApi } from "#shared/gradient/gradient-api";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import type { Clock } from "#shared/pace/clock";
import type { Pacer } from "#shared/pace/pacer";
import type { HubService } from "#shared/services/hub-service";
import type { Table } from "#shared/table/table";
import type { Halt } from "./halt.ts";

/** The token that a run sends with, and where it is kept. */
export interface RunToken {
  value: PartnerToken;
  secretName: string;
  versionId: string;
}

/** Everything that one worker needs while it carries one run. */
export interface ExportRun {
  table: Table;
  gradient: Pick<GradientApi, "setUnitCount">;
  pacer: Pacer;
  /** The full rate, for everybody together. */
  callsPerSecond: number;
  clock: Clock;
  /** 0 to 1. */
  random: () => number;
  lease: Lease;
  halt: Halt;
  /** Null where there is none to send with. */
  token: RunToken | null;
  /** Gradient's id of the connection that the accepted counts belong to. */
  connectionId: string;
  ledgerBits: number;
  services: Map<string, HubService>;
  /** Called with each chunk's receipts, after they are written and before the chunk is counted. */
  onSettled: (receipts: Receipt[]) => Promise<void>;
  remainingMs: () => number;
}
