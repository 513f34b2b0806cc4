import { isAppError } from "#shared/errors";
import type { Lease } from "#shared/exports/export-lease";
import type { Receipt } from "#shared/exports/line";
import { expectedMs } from "#shared/exports/start-usage-export";
import { exportMode } from "#shared/exports/usage-export";
import type { GradientApi } from "#shared/gradient/gradient-api";
import { activateIntegration } from "#shared/integrations/activate-integration";
import { findIntegration, type Integration, maySend } from "#shared/integrations/integration";
import { logger } from "#shared/logger";
import type { Clock } from "#shared/pace/clock";
import { pacer } from "#shared/pace/pacer";
import type { TableSlots } from "#shared/pace/table-slots";
import type { TokenVault } from "#shared/secrets/token-vault";
import { listServices } from "#shared/services/hub-service";
import type { Table } from "#shared/table/table";
import { planExport } from "./plan/plan-export.ts";
import type { ExportRun, RunToken } from "./send/export-run.ts";
import { newHalt } from "./send/halt.ts";

interface Dependencies {
  table: Table;
  gradient: Pick<GradientApi, "setUnitCount">;
  vault: Pick<TokenVault, "read">;
  slotsFor: (partnerId: string) => TableSlots;
  clock: Clock;
  random: () => number;
  newId: () => string;
}

// Slots fetched at once, one write each. A person waits for an on-demand run, so it takes the larger share: three of
// four beside one scheduled run, and a fair part beside ten.
export const blockSizes = { "on-demand": 90, scheduled: 30 };

const unknownMode = { kind: "unknown-mode", reason: "unknown-mode" } as const;
const notConnected = { kind: "not-connected", reason: "not-connected" } as const;

/** Everything that a worker needs to send a run whose lease it has just taken. Plans the run if nobody has. */
export const startRun = (dependencies: Dependencies) => {
  const { table, gradient, vault, clock, random, newId } = dependencies;
  const now = () => new Date(clock.now());
  const activate = activateIntegration({ table, now, newId });

  const readToken = async (integration: Integration | undefined): Promise<RunToken | null> => {
    if (!integration?.token || !maySend(integration)) return null;
    const { secretName, versionId } = integration.token;
    try {
      return { value: await vault.read(secretName, versionId), secretName, versionId };
    } catch (error) {
      if (!isAppError(error, "token.missing")) throw error;
      logger.error("a registered token is missing from the secret store", {});
      return null;
    }
  };

  /** Answers the bits of the ledger, which planning may have raised. */
  const plan = async (lease: Lease, integration: Integration): Promise<number> => {
    const { chunks, lines, ledgerBits, endsBilling } = await planExport(table, lease, integration);
    await lease.save((current) => ({
      ...current,
      state: "sending",
      startedAt: now().toISOString(),
      // counted from now: before, the run may have waited for others for any length of time
      expectedBy: new Date(clock.now() + expectedMs).toISOString(),
      connectionId: integration.gradient?.integrationId ?? "",
      chunks,
      endsBilling,
      acceptedLine: integration.viewsOwed,
      totals: { ...current.totals, lines },
    }));
    return ledgerBits;
  };

  /** The first accepted count proves the mapping. */
  const activateOnce = (lease: Lease, integration: Integration | undefined) => {
    let isActive = integration?.state === "active" || lease.current().mode === "dry-run";
    return async (receipts: Receipt[]): Promise<void> => {
      if (isActive || !receipts.some(({ outcome }) => outcome === "accepted")) return;
      const { partnerId, connectionId } = lease.current();
      await activate({ partnerId, connectionId: connectionId ?? "" });
      isActive = true;
    };
  };

  return async (lease: Lease, remainingMs: () => number): Promise<ExportRun> => {
    const { partnerId, lane, mode, connectionId: plannedFor } = lease.current();
    const integration = await findIntegration(table, partnerId);
    const token = await readToken(integration);
    const halt = newHalt(() => lease.current().stop);
    if (token === null) halt.meet(notConnected);
    if (!exportMode.safeParse(mode).success) halt.meet(unknownMode);
    // What Gradient holds on one connection says nothing about another. Registering a token stops the run, but this
    // worker may have read it a moment before.
    if (plannedFor !== null && plannedFor !== integration?.gradient?.integrationId) halt.meet(notConnected);
    const isPlanned = lease.current().chunks !== null;
    const mayPlan = integration && token !== null && !isPlanned;
    const ledgerBits = mayPlan ? await plan(lease, integration) : (integration?.ledgerBits ?? 0);
    const slots = dependencies.slotsFor(partnerId);
    return {
      table,
      gradient,
      pacer: pacer(slots, clock, blockSizes[lane], 0),
      callsPerSecond: slots.perSecond,
      clock,
      random,
      lease,
      halt,
      token,
      connectionId: lease.current().connectionId ?? "",
      ledgerBits,
      services: new Map((await listServices(table)).map((service) => [service.id, service])),
      remainingMs,
      onSettled: activateOnce(lease, integration),
    };
  };
};
