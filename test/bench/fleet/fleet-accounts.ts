import { syncAccounts } from "#functions/sync-accounts/sync-accounts";
import { watchMappings } from "#functions/watch-mappings/watch-mappings";
import { accountWorker } from "#infra/account-worker";
import type { Refusals } from "#shared/breakers/refusals";
import { patientGradient } from "#shared/gradient/patient-gradient";
import { singleCallPacer } from "#shared/pace/single-calls";
import type { TokenVault } from "#shared/secrets/token-vault";
import type { Table } from "#shared/table/table";
import type { FleetClock } from "./fleet-clock.ts";
import type { FleetGradient } from "./fleet-gradient.ts";
import { type AccountTask, fleetQueue } from "./fleet-queue.ts";
import type { Hops } from "./hops.ts";

interface Settings {
  clock: FleetClock;
  hops: Hops;
  table: Table;
  gradient: FleetGradient;
  vault: Pick<TokenVault, "read" | "forget">;
  refusals: Refusals;
  callsPerSecond: number;
  newId: () => string;
  queueMs: () => number;
  onFailure: (failure: unknown) => void;
}

// as infra/constructs/mapping.ts sets them
const maxConcurrency = 5;
const visibilityMs = (accountWorker.timeoutSeconds + 10) * 1000;
// as shared/wiring/gradient-calls.ts sets it
const patienceMs = 15_000;

/** Looks at what a fleet has mapped: the job of each minute, their queue, and its workers. */
export const fleetAccounts = (settings: Settings) => {
  const { clock, hops, table, gradient, callsPerSecond, newId, queueMs, onFailure } = settings;
  const pacerFor = singleCallPacer({ table, clock, per: "vendor", perSecond: callsPerSecond }, { class: "low" });
  const sync = syncAccounts({
    ...settings,
    gradientFor: (partnerId) => patientGradient(gradient.as({ pacer: pacerFor(partnerId) }), { clock, patienceMs }),
  });
  const outcomes: Record<string, number> = {};

  const invoke = async (tasks: AccountTask[]): Promise<Set<AccountTask>> => {
    const failed = new Set<AccountTask>();
    for (const task of tasks) {
      await clock.sleep(hops.run);
      try {
        const outcome = await sync(task);
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      } catch (failure) {
        failed.add(task);
        onFailure(failure);
      }
    }
    return failed;
  };

  return {
    /** What became of each look. */
    outcomes,
    queue: fleetQueue<AccountTask>({ clock, batchSize: 1, maxConcurrency, visibilityMs, queueMs, invoke }),
    watch: watchMappings({ table, now: () => clock.date(), newId, callsPerSecond }),
  };
};
