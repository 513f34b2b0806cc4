import type { Lease } from "#shared/exports/export-lease";
import type { Receipt } from "#shared/exports/line";
import type { StopReason } from "#shared/exports/usage-export";
import type { GradientApi } from "#shared/gradient/gradient-api";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import type { Clock } from "#shared/pace/clock";
import type { Pacer } from "#shared/pace/pacer";
import type { HubService } from "#shared/services/hub-service";
import type { Table } from "#shared/table/table";
import { type Verdict, verdicts } from "./line-decision.ts";

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
  /** Null where the run was stopped before anything could be sent. */
  token: PartnerToken | null;
  /** Gradient's id of the connection that the accepted counts belong to. */
  connectionId: string;
  ledgerBits: number;
  services: Map<string, HubService>;
  /** Told of each chunk's receipts once they are written. */
  onSettled: (receipts: Receipt[]) => Promise<void>;
  remainingMs: () => number;
}

/** Whether, and why, no further call may go out. A stop ends the lines honestly; a failure leaves them to another worker. */
export interface Halt {
  stop(): StopReason | null;
  /** What this worker itself has met. A reason that an earlier one left in the export was acted on then, under the token of then. */
  met(): StopReason | null;
  /** The first reason stays. */
  stopFor(reason: StopReason): void;
  failed(): boolean;
  fail(error: unknown): void;
  /** Throws what `fail` was told. */
  rethrow(): void;
}

export const newHalt = (personsStop: () => StopReason | null): Halt => {
  let reason: StopReason | null = null;
  let failure: { error: unknown } | undefined;
  return {
    stop: () => reason ?? personsStop(),
    met: () => reason,
    stopFor: (given) => {
      reason ??= given;
    },
    failed: () => failure !== undefined,
    fail: (error) => {
      failure ??= { error };
    },
    rethrow: () => {
      if (failure) throw failure.error;
    },
  };
};

/** How a line ends that a stop has kept from being sent. */
export const stopVerdicts: Record<StopReason, Verdict> = {
  cancelled: verdicts.cancelled,
  superseded: verdicts.superseded,
  "token-rejected": verdicts.tokenRejected,
  forbidden: verdicts.forbidden,
  "not-connected": verdicts.notConnected,
  overdue: verdicts.overdue,
};
