import type { Agreement } from "#shared/agreements/agreement";
import { agreementExpired, isConsentOver } from "#shared/agreements/consent";
import { AppError } from "#shared/errors";
import type { Actor } from "#shared/events/event";
import { type Closing, closingAbandoned } from "#shared/exports/ending/close-export";
import { givenUp, runUnderWay, type UnderWay } from "#shared/exports/ending/unread-run";
import { checkRetried } from "#shared/exports/retried-export";
import { startWrites } from "#shared/exports/start-usage-export";
import {
  dryRunIdAt,
  type ExportMode,
  exportIdAt,
  isLook,
  isOver,
  type UsageExport,
} from "#shared/exports/usage-export";
import { findIntegration, type Integration, integrationWrite, maySend } from "#shared/integrations/integration";
import { wish } from "#shared/integrations/record/wants";
import { wrongStep } from "#shared/integrations/wrong-step";
import { retryOnConflict } from "#shared/table/table";

export interface SendUsage {
  partnerId: string;
  by: Actor;
  mode: ExportMode;
  customerIds?: string[] | undefined;
  serviceIds?: string[] | undefined;
  retryOf?: string | undefined;
}

const alreadyRunning = (exportId: string) =>
  new AppError("conflict", "export.already-running", "An export is running already. Wait for it, or cancel it.", {
    extra: { exportId },
  });

/**
 * A run of all lines that no worker has taken meets the wish by itself. One that a worker has taken may have read its
 * lines, and says so only with its plan; the wish does no harm where it has not, for the run meets it then.
 */
const willReadAll = ({ kind, lease, readAt }: UsageExport): boolean =>
  kind === "all" && lease === null && readAt === null;

/**
 * *Send usage*: a run that a person asked for, at once, for all customers or for some, or for what an earlier run left
 * over. Throws `integration.wrong-step` when nothing may be sent, `agreement.expired`, `export.already-running` (with
 * its `exportId`) while another run is under way, and what `checkRetried` throws. What the service itself wants to
 * send, or is looking at, keeps nobody waiting. A wish that comes while another run may have read its lines already is
 * kept: what has changed since is sent right after that one.
 */
export const startExport = (dependencies: Closing & { agreements?: readonly Agreement[] }) => {
  const { table, now, newId, agreements } = dependencies;
  const closeAbandoned = closingAbandoned(dependencies);

  const keepWish = async (before: Integration): Promise<void> => {
    const wants = wish(before.wants, "all", { at: now().toISOString(), trigger: "manual" });
    if (before.state === "active") await table.transact([integrationWrite({ ...before, wants })]);
  };

  /** What has to give its place up, a look or a run that cannot be read, or nothing where the place is free. */
  const inPlace = async (before: Integration, isNarrowed: boolean): Promise<UnderWay> => {
    const { running, unread } = await runUnderWay(table, before, now());
    if (!running || isOver(running)) return { unread };
    if (isLook(running)) return { running };
    if (!isNarrowed && !willReadAll(running)) await keepWish(before);
    throw alreadyRunning(running.id);
  };

  return ({ partnerId, by, mode, ...narrowing }: SendUsage): Promise<UsageExport> =>
    retryOnConflict(async () => {
      const before = await findIntegration(table, partnerId);
      if (!before || !maySend(before)) throw wrongStep(before?.state ?? "not-started");
      // a dry run sends nothing
      if (mode !== "dry-run" && isConsentOver(before, now(), agreements)) throw agreementExpired();
      const isNarrowed = Object.values(narrowing).some((value) => value !== undefined);
      const { running: look, unread } = mode === "dry-run" ? {} : await inPlace(before, isNarrowed);
      if (narrowing.retryOf !== undefined) await checkRetried(table, partnerId, narrowing.retryOf);
      // last of all, for whoever is refused has changed nothing; what the look may have sent is in doubt from then on
      const { after: free, writes } = look
        ? await closeAbandoned(look, before, "person-first")
        : givenUp(before, unread, now().toISOString());
      // a wish for everything makes every line one that has changed, also for the run that sends what this one leaves
      // over
      const raised = mode === "full" && !isNarrowed ? { ...free, proofGen: free.proofGen + 1 } : free;
      const time = now();
      const started = startWrites(
        raised,
        {
          id: (mode === "dry-run" ? dryRunIdAt : exportIdAt)(time, newId().slice(0, 8)),
          kind: isNarrowed ? "narrowed" : "all",
          trigger: "manual",
          lane: "on-demand",
          mode,
          by,
          ...narrowing,
        },
        { at: time.toISOString(), newId },
      );
      await table.transact([...writes, ...started.writes]);
      return started.started;
    });
};
