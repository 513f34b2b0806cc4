import { lastAcceptedIn } from "#shared/customers/coverage";
import { isBilled, isBillingKnown, listCustomers } from "#shared/customers/customer";
import { settlingTally } from "#shared/customers/customer-tally";
import { mappingEvidence } from "#shared/customers/mapped";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import type { GradientSetup } from "#shared/gradient/patient-gradient";
import { hasToMap } from "#shared/integrations/integration";
import { logger } from "#shared/logger";
import { listServices } from "#shared/services/hub-service";
import type { Changing } from "#shared/table/changing";
import { newestIn, noteMeasured } from "#shared/usage/last-measured";
import { readLedger } from "#shared/usage/ledger";
import { listReadableUsage, withoutServices } from "#shared/usage/usage";
import { accountChanges } from "./account-changes.ts";
import { applyChanges } from "./apply-changes.ts";
import { type Begun, changeBegun } from "./begin-look.ts";
import { endLook, toldBy } from "./end-look.ts";
import { endMapping } from "./end-mapping.ts";
import { withGains, withLoss } from "./gains-and-losses.ts";
import { type Growth, growthOf } from "./growth.ts";
import { keepForPages } from "./keep-for-pages.ts";
import { noteCustomers, noteIntentions } from "./note-customers.ts";
import { runUnderWaySince } from "./run-under-way.ts";
import { isInactiveNow, suspectDisconnection } from "./suspect-disconnection.ts";

export type LookOutcome =
  | "synced"
  | "look-started"
  | "token-replaced"
  | "other-connection"
  | Awaited<ReturnType<ReturnType<typeof suspectDisconnection>>>;

// a call on which Gradient fails takes a quarter of a minute, and all that follows the search has its time, too
const searchMs = 40_000;

const none: Growth = { hasGrown: false, isContradicted: false, isMappedAnew: false };
const isAny = (growth: Growth): boolean => Object.values(growth).some(Boolean);

interface Dependencies extends Changing {
  gradientFor: (partnerId: string) => Omit<GradientSetup, "setStatus" | "readServices" | "createService">;
}

/**
 * Brings one partner's customers into Gradient, and learns what is mapped there. Reads first and sends only what is
 * missing, so it may be done at any time and any number of times. It costs the list of accounts and, where something is
 * missing or somebody waits, a look at the connection.
 */
export const lookAtAccounts = (dependencies: Dependencies) => {
  const { table, gradientFor, now } = dependencies;
  const change = changeBegun(dependencies);
  const end = endLook(dependencies);
  const finish = endMapping(dependencies);
  const suspect = suspectDisconnection(dependencies);

  return async (begun: Begun, token: PartnerToken): Promise<LookOutcome> => {
    const { partnerId, ledgerBits: bits, gradient: known, looks, mapping, proofGen, problems } = begun.integration;
    const gradient = gradientFor(partnerId);
    const listedAt = now().toISOString();
    const accounts = new Map((await gradient.readAccounts(token)).map((account) => [account.id, account]));
    const told = toldBy(accounts);
    const list = () => listCustomers(table, partnerId);
    // a few are counted at once whenever somebody asks
    const listed = await (mapping.isCoverageKept ? settlingTally(table, partnerId, list) : list());
    const { customers, unreadable } = listed;
    const runSince = await runUnderWaySince(table, partnerId, customers);
    const connectionId = known?.integrationId ?? "";
    const entries = await readLedger(table, { partnerId, bits, connectionId });
    const standing = { integration: begun.integration, unreadable, at: listedAt, runSince };
    const changes = accountChanges(customers, accounts, [...entries.values()], standing);
    const { missing, create, gone, hadAny, areAllGone, isAllGone, rename, retire, revive, isPutOff } = changes;

    const isElsewhere = problems.some(({ code }) => code === "connection.differs");
    const isDoubted = looks.isAwaited || looks.suspectedSince !== null || isElsewhere;
    const asksConnection = missing.length > 0 || isDoubted || (looks.tokenCheckAt ?? "") <= begun.at;
    const connection = asksConnection ? await gradient.readConnection(token) : null;
    if (connection && connection.integrationId !== connectionId) return "other-connection";

    const isEnded = hadAny && isInactiveNow(known, connection);
    if ((isAllGone || isEnded) && !looks.goesOn) return suspect(begun);

    const areSomeGone = gone.length > 0;
    const isLossOf = areSomeGone || looks.isCreatingAgain;
    if (areSomeGone) {
      const lost = await change(begun, (before) => withLoss(before, areAllGone));
      if (lost === "token-replaced") return lost;
    }
    const intended = await noteIntentions(table, customers, changes, listedAt);
    const hasTime = () => now().getTime() < Date.parse(begun.at) + searchMs;
    const applied = await applyChanges(gradient, token, changes, { failures: looks.changesFailed, hasTime });
    const { refused, notCreated, notChanged, isUnfinished } = applied;
    if (refused.size > 0) logger.error("gradient refused accounts", { accounts: refused.size });

    const billed = customers.filter(isBilled);
    const { usage: allUsage, unreadable: unreadableUsage } = await listReadableUsage(table, partnerId);
    const newest = newestIn(allUsage.values());
    await noteMeasured(table, partnerId, { at: newest, newest });
    const usage = withoutServices(allUsage, begun.integration.leftOutServiceIds);
    // nothing that was accepted reaches the floor that was raised above
    const floor = isLossOf ? Number.POSITIVE_INFINITY : proofGen;
    const seenServiceIds = isLossOf ? [] : mapping.mappedServiceIds;
    const evidence = mappingEvidence({ ledger: entries.values(), proofGen: floor, toldAt: listedAt, seenServiceIds });
    const seen = { billed, told, listedAt, toldBeforeAt: mapping.lastCheckedAt, usage, entries, evidence, proofGen };
    // while nothing is known to be mapped, single counts find out; all of them follow the first that is accepted
    const growth = isLossOf || hasToMap(begun.integration) ? none : growthOf(seen);
    if (isLossOf || isAny(growth)) {
      const settled = await change(begun, (before) => withGains(before, growth, now().toISOString()));
      if (settled === "token-replaced") return "token-replaced";
    }
    // of accounts that are gone, rows of the connection before tell what was mapped there
    const remembered = isLossOf ? await readLedger(table, { partnerId, bits, connectionId: null }) : entries;
    const lastAccepted = lastAcceptedIn(remembered.values());
    const done = ({ id }: { id: string }) => !notChanged.has(id);
    await noteCustomers(table, {
      customers: intended,
      accounts,
      created: new Set(create.filter(({ id }) => !notCreated.has(id)).map(({ id }) => id)),
      existed: applied.existed,
      notCreated,
      refused,
      isPutOff,
      sentAs: new Map(customers.map(({ id, name }) => [id, name])),
      renamed: new Set(rename.filter(done).map(({ id }) => id)),
      zerosMissed: changes.zerosMissed,
      isMappedNow: ({ id }) => evidence.isAccountMapped(id, told(id)),
      toldBeforeAt: mapping.lastCheckedAt,
      lastAccepted: lastAccepted.accounts,
      retired: new Set(retire.filter(done).map(({ id }) => id)),
      revived: new Set(revive.filter(done).map(({ id }) => id)),
      at: now().toISOString(),
    });
    // the worker that heard it may have died before it could say so
    const isProven = [...entries.values()].some(({ accepted, last }) => {
      return accepted !== null && accepted.gen >= floor && last.outcome !== "unmapped";
    });
    if (isProven && hasToMap(begun.integration)) await finish(begun);
    const services = await listServices(table);
    const present = customers.map((customer) => ({ ...customer, isMapped: told(customer.id) }));
    const kept = await keepForPages(table, begun.integration, {
      customers: present,
      usage: allUsage,
      unreadableUsage,
      evidence,
      services,
      lastAccepted,
      at: listedAt,
    });
    return end(begun, {
      ...kept,
      lastAccepted: lastAccepted.services,
      connection,
      billed,
      unbilled: customers.filter((customer) => isBillingKnown(customer) && !isBilled(customer)),
      accounts,
      listedAt,
      usage,
      entries,
      evidence,
      readyServiceIds: new Set(services.flatMap(({ id, gradientServiceId }) => (gradientServiceId ? [id] : []))),
      isNews:
        areSomeGone || customers.some(({ id, isMapped }) => told(id) !== null && (isMapped ?? false) !== told(id)),
      hasRefused: refused.size > 0 || customers.some(isPutOff),
      isUnfinished,
      retiresLater: changes.retiresLater,
      hasUnreadable: unreadable + unreadableUsage.size > 0,
      unreadableUsage,
      changes: {
        created: applied.created,
        existed: applied.existed.size,
        renamed: rename.filter(done).length,
        retired: retire.filter(done).length,
        refused: refused.size,
      },
      calls: 1 + Number(asksConnection) + applied.calls,
    });
  };
};
