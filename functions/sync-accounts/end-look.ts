import { isConsentOver } from "#shared/agreements/consent";
import type { LastAccepted } from "#shared/customers/coverage";
import type { Customer } from "#shared/customers/customer";
import type { MappingEvidence } from "#shared/customers/mapped";
import { type Run, startAtOnce, startWrites } from "#shared/exports/start-usage-export";
import { lookIdAt } from "#shared/exports/usage-export";
import type { GradientAccount, GradientConnection } from "#shared/gradient/gradient-api";
import { sendLook } from "#shared/integrations/ask-look";
import {
  findIntegration,
  hasToMap,
  type Integration,
  integrationWrite,
  maySend,
  withoutProblem,
  withProblem,
} from "#shared/integrations/integration";
import { isAsked, lastPace, letGo, paceOfLooks, tokenTaken } from "#shared/integrations/record/looks";
import { isWanted, wish } from "#shared/integrations/record/wants";
import { isPaused } from "#shared/schedules/schedule";
import type { Changing } from "#shared/table/changing";
import { retryOnConflict, type Write } from "#shared/table/table";
import type { LedgerEntry } from "#shared/usage/ledger";
import type { CustomerUsage } from "#shared/usage/usage";
import { type Begun, isReplaced, LookLost } from "./begin-look.ts";
import type { Kept } from "./keep-for-pages.ts";
import { type Found, nextCheckAfter } from "./next-check.ts";
import { probesOf } from "./probes.ts";

/** What one look at Gradient and at our own records has shown. */
export interface Findings extends Found {
  /** Null where this look had no need to ask. */
  connection: GradientConnection | null;
  billed: Customer[];
  /** Not billed, or not any more. */
  unbilled: Customer[];
  /** When Gradient was asked for them. */
  listedAt: string;
  usage: Map<string, CustomerUsage>;
  /** Customers whose counts cannot be read: a run leaves them out, and so does a look. */
  unreadableUsage: ReadonlySet<string>;
  entries: Map<string, LedgerEntry>;
  evidence: MappingEvidence;
  readyServiceIds: Set<string>;
  /** Something is other than at the look before. */
  isNews: boolean;
  lookAlikesOf: Kept["lookAlikesOf"];
  isCoverageKept: Kept["isCoverageKept"];
  /** When Gradient last accepted a count of each service. */
  lastAccepted: LastAccepted["services"];
  changes: Omit<NonNullable<Integration["mapping"]["changes"]>, "at">;
  calls: number;
}

export const toldBy =
  (accounts: Map<string, GradientAccount>) =>
  (customerId: string): boolean | null =>
    accounts.get(customerId)?.isMapped ?? null;

/** What is mapped by what was found, and what runs have learned while the look was under way. */
const mappingAfter = (
  before: Integration,
  begun: Begun,
  { billed, accounts, listedAt, usage, evidence, changes, lookAlikesOf, isCoverageKept }: Findings,
): Integration["mapping"] => {
  const told = toldBy(accounts);
  const inUse = [...new Set(billed.flatMap(({ id }) => Object.keys(usage.get(id)?.counts ?? {})))];
  const known = new Set(begun.integration.mapping.mappedServiceIds);
  const learned = before.mapping.mappedServiceIds.filter((id) => !known.has(id));
  const mapped = new Set([...inUse.filter(evidence.isServiceMapped), ...learned]);
  return {
    ...before.mapping,
    lastCheckedAt: listedAt,
    lookAlikesOf,
    isCoverageKept,
    changes: Object.values(changes).some((count) => count > 0) ? { at: listedAt, ...changes } : before.mapping.changes,
    accounts: {
      total: billed.length,
      mapped: billed.filter(({ id }) => evidence.isAccountMapped(id, told(id))).length,
      unknown: billed.filter(({ id }) => evidence.knownOfAccount(id, told(id)) === null).length,
    },
    services: {
      total: inUse.length,
      mapped: inUse.filter((id) => mapped.has(id)).length,
      unknown: inUse.filter((id) => !mapped.has(id) && evidence.knownOfService(id) === null).length,
    },
    mappedServiceIds: [...mapped],
  };
};

/** Services that counts have shown mapped, ever: a new connection, or a loss, leaves what was known of them. */
const onceMappedAfter = (
  { onceMapped, mapping }: Integration,
  { lastAccepted, listedAt }: Findings,
): Integration["onceMapped"] => {
  const known = new Set(onceMapped.map(({ id }) => id));
  const seen = new Map([...mapping.mappedServiceIds.map((id) => [id, listedAt] as const), ...lastAccepted]);
  const learned = [...seen].filter(([id]) => !known.has(id)).map(([id, at]) => ({ id, at }));
  return learned.length === 0 ? onceMapped : [...onceMapped, ...learned];
};

/**
 * What could not be read and can be by now was missing in the runs meanwhile, and in the looks: whether its account was
 * mapped anew, so that what was accepted before proves nothing, has gone unseen.
 */
const withReadable = (after: Integration, { hasUnreadable }: Findings, at: string): Integration => {
  if (hasUnreadable) return withProblem(after, "record.unreadable", at);
  const isMended = after.problems.some(({ code }) => code === "record.unreadable");
  const { state, wants, proofGen } = after;
  return {
    ...withoutProblem(after, "record.unreadable"),
    proofGen: proofGen + Number(isMended),
    wants: isMended && state === "active" ? wish(wants, "all", { at, trigger: "recovery" }) : wants,
  };
};

const isTelling = ({ accounts }: Findings): boolean | null =>
  accounts.size === 0 ? null : [...accounts.values()].some(({ isMapped }) => isMapped !== undefined);

/** Keeps what a look has found, and has a few counts tried where only an accepted one can tell more. */
export const endLook = ({ table, now, newId }: Changing) => {
  const withFindings = (before: Integration, begun: Begun, found: Findings, at: string): Integration => {
    const isLively = found.isNews || before.looks.livelyAt === null;
    const looked: Integration = {
      ...before,
      gradient: found.connection ?? before.gradient,
      onceMapped: onceMappedAfter(before, found),
      token: before.token && { ...before.token, checkedAt: at },
      mapping: mappingAfter(before, begun, found),
      looks: {
        ...tokenTaken(letGo(before.looks, begun.asked), at),
        failures: 0,
        changesFailed: 0,
        readsFailed: 0,
        suspectedSince: null,
        goesOn: false,
        retiresLater: found.retiresLater,
        isTelling: isTelling(found) ?? before.looks.isTelling,
        livelyAt: isLively ? at : before.looks.livelyAt,
      },
    };
    const isOurs = found.connection !== null;
    const reached = withoutProblem(looked, "gradient.forbidden", ...(isOurs ? (["connection.differs"] as const) : []));
    const taken = withReadable(reached, found, at);
    return found.hasRefused ? withProblem(taken, "accounts.refused", at) : withoutProblem(taken, "accounts.refused");
  };

  const probesFor = (after: Integration, found: Findings, isAwaited: boolean, at: string) => {
    // a run of all lines tries them anyway; before the first count is accepted, none is admitted
    const isTriedAnyway = after.state === "active" && isWanted(after.wants.all);
    const isHeld = isPaused(after.schedule, at) || isConsentOver(after, new Date(at));
    if (after.currentExportId !== null || isTriedAnyway || isHeld) return [];
    const quietMs = Date.parse(at) - Date.parse(after.looks.livelyAt ?? at);
    const sweepLooks = hasToMap(after) ? (paceOfLooks(quietMs) ?? lastPace).sweepLooks : undefined;
    const isListed = ({ id }: Customer): boolean => found.accounts.has(id) && !found.unreadableUsage.has(id);
    const seen = {
      ...found,
      listed: found.billed.filter(isListed),
      // once it is active, a run brings them their zeros
      listedUnbilled: hasToMap(after) ? found.unbilled.filter(isListed) : [],
      leftOutServiceIds: new Set(hasToMap(after) ? after.leftOutServiceIds : []),
      told: toldBy(found.accounts),
      proofGen: after.proofGen,
    };
    return probesOf(seen, { isAwaited, sweepLooks, at });
  };

  return (begun: Begun, found: Findings): Promise<"synced" | "look-started" | "token-replaced"> =>
    retryOnConflict(async () => {
      const before = await findIntegration(table, begun.integration.partnerId);
      if (before?.looks.holder !== begun.holder) throw new LookLost();
      if (isReplaced(before, begun) || !maySend(before)) return "token-replaced";
      const time = now();
      const at = time.toISOString();
      const { isAwaited } = before.looks;
      const looked = withFindings(before, begun, found, at);
      const probes = probesFor(looked, found, isAwaited, at);
      const costed = { ...looked, looks: { ...looked.looks, calls: found.calls + probes.length } };
      const dated = { ...costed, mapping: { ...costed.mapping, nextCheckAt: nextCheckAfter(costed, found, at) } };
      // asked for since this look began
      const { integration: after, owed } = isAsked(dated.looks)
        ? sendLook(dated, "watch", { at, newId })
        : { integration: dated, owed: [] };

      const startLook = (): Write[] => {
        const id = lookIdAt(time, newId().slice(0, 8));
        const lane = isAwaited ? "on-demand" : "scheduled";
        const look: Run = { id, kind: "look", trigger: "mapping", lane, probes };
        return startWrites(after, look, { at, newId }).writes;
      };
      if (probes.length > 0) await table.transact([...startLook(), ...owed]);
      // whoever asked waits for the counts, too
      else if (isAwaited) await table.transact([...startAtOnce(after, { now: time, newId }).writes, ...owed]);
      else await table.transact([integrationWrite(after), ...owed]);
      return probes.length > 0 ? "look-started" : "synced";
    });
};
