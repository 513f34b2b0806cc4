import type { Customer } from "#shared/customers/customer";
import { mappedCustomers } from "#shared/customers/mapped";
import { isAppError } from "#shared/errors";
import { startUsageExport } from "#shared/exports/start-usage-export";
import { exportIdAt } from "#shared/exports/usage-export";
import type { GradientAccount, GradientConnection } from "#shared/gradient/gradient-api";
import {
  findIntegration,
  type Integration,
  integrationWrite,
  maySend,
  withoutProblem,
  withProblem,
} from "#shared/integrations/integration";
import type { SyncReason } from "#shared/outbox/outbox";
import type { OpenWord } from "#shared/stored";
import type { Changing } from "#shared/table/changing";
import { retryOnConflict } from "#shared/table/table";
import type { LedgerEntry } from "#shared/usage/ledger";
import { listUsage } from "#shared/usage/usage";

/** What one look at Gradient and at our own records has shown. */
export interface Findings {
  partnerId: string;
  reason: OpenWord<SyncReason>;
  connection: GradientConnection;
  billed: Customer[];
  /** As they were before the missing ones were created. */
  accounts: Map<string, GradientAccount>;
  ledger: LedgerEntry[];
  hasRefused: boolean;
}

const countMapped = ({ billed, accounts, ledger }: Findings, toldAt: string): number => {
  const { isMapped } = mappedCustomers(ledger, toldAt);
  return billed.filter(({ id }) => isMapped(id, accounts.get(id)?.isMapped ?? null)).length;
};

/** Could a count be accepted now? Where Gradient does not tell what is mapped, only trying tells. */
const isWorthTrying = ({ reason, billed, accounts }: Findings): boolean =>
  billed.some(({ id }) => {
    const account = accounts.get(id);
    if (!account) return false;
    return account.isMapped ?? reason !== "confirmed";
  });

/** Keeps what was found, and starts the export that proves a new mapping. */
export const noteMapping = ({ table, now, newId }: Changing) => {
  const start = startUsageExport({ table, now, newId });

  const withFindings = (before: Integration, found: Findings, servicesInUse: Set<string>, at: string): Integration => {
    const { mapping } = before;
    const mapped = countMapped(found, at);
    const services = mapping.mappedServiceIds.filter((id) => servicesInUse.has(id)).length;
    const noted: Integration = {
      ...before,
      gradient: found.connection,
      mapping: {
        ...mapping,
        lastCheckedAt: at,
        changedAt: mapped > mapping.accounts.mapped ? at : mapping.changedAt,
        accounts: { total: found.billed.length, mapped },
        services: { total: servicesInUse.size, mapped: services },
      },
    };
    // Gradient has answered all this, so it takes calls again
    const cleared = withoutProblem(noted, "gradient.forbidden");
    return found.hasRefused
      ? withProblem(cleared, "accounts.refused", at)
      : withoutProblem(cleared, "accounts.refused");
  };

  return async (found: Findings): Promise<"synced" | "export-started" | "not-connected"> => {
    const { partnerId } = found;
    const usage = await listUsage(table, partnerId);
    const servicesInUse = new Set(found.billed.flatMap(({ id }) => Object.keys(usage.get(id)?.counts ?? {})));
    const at = now();
    const noted = await retryOnConflict(async () => {
      const before = await findIntegration(table, partnerId);
      if (!before || !maySend(before)) return undefined;
      if (before.gradient?.integrationId !== found.connection.integrationId) return undefined;
      const after = withFindings(before, found, servicesInUse, at.toISOString());
      await table.transact([integrationWrite(after)]);
      return { before, after };
    });
    if (!noted) return "not-connected";

    const isFirst = noted.after.state === "awaiting-mapping" && isWorthTrying(found);
    // true until a full run that began after the change has ended: neither a crash nor a run on its way can make it
    // forgotten
    const { changedAt } = noted.after.mapping;
    const hasGrown = changedAt !== null && changedAt >= (noted.after.lastFullAt ?? "");
    const { isProven } = mappedCustomers(found.ledger, noted.after.mapping.lastCheckedAt);
    const awaitsProof = found.billed.some(
      ({ id }) => usage.has(id) && !isProven(id) && found.accounts.get(id)?.isMapped,
    );
    const isActive = noted.after.state === "active";
    const catchesUp = isActive && found.reason === "replaced";
    if (!isFirst && !catchesUp && !(isActive && hasGrown && awaitsProof)) return "synced";
    // what a refused token held up is sent as soon as there is another one
    const trigger = catchesUp ? "recovery" : "mapping";
    try {
      await start({
        partnerId,
        id: exportIdAt(at, `${trigger}-${newId().slice(0, 8)}`),
        trigger,
        mode: "full",
      });
      return "export-started";
    } catch (error) {
      // whoever closes the running export sees that something changed meanwhile, and owes another look
      if (isAppError(error, "export.already-running")) return "synced";
      throw error;
    }
  };
};
