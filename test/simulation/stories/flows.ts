import { checkMapping } from "#functions/check-mapping/check-mapping";
import { confirmAgreement } from "#functions/confirm-agreement/confirm-agreement";
import { registerToken } from "#functions/register-token/register-token";
import { startExport } from "#functions/start-export/start-export";
import { startIntegration } from "#functions/start-integration/start-integration";
import { currentAgreement } from "#shared/agreements/agreement";
import { listEvents } from "#shared/events/event";
import { listExports, type UsageExport } from "#shared/exports/usage-export";
import { patientGradient } from "#shared/gradient/patient-gradient";
import { findIntegration, fromIntegrationItem } from "#shared/integrations/integration";
import { isAsked } from "#shared/integrations/record/looks";
import { isWanted } from "#shared/integrations/record/wants";
import { setLogLevel } from "#shared/logger";
import { singleCallPacer } from "#shared/pace/single-calls";
import type { Item } from "#shared/table/table";
import { aServiceRow } from "#test/builders/service";
import { aLedgerEntry, aLedgerRow } from "#test/builders/usage-export";
import type { History } from "../history/history.ts";
import { person } from "../history/partner.ts";
import { playHistory } from "../history/play.ts";
import { customerId, hashKey, partnerIdOf, serviceId } from "../history/rows.ts";
import { isAtRest } from "../invariants/at-rest.ts";
import { brokenAtTheEnd } from "../invariants/at-the-end.ts";
import type { Wishes } from "../invariants/wishes.ts";
import type { Ports } from "../world/ports.ts";
import type { End } from "../world/processes.ts";
import type { World } from "../world/world.ts";
import { calmHistory } from "./calm-history.ts";
import type { Flow } from "./kill-points.ts";
import { watchMails } from "./watch-mails.ts";

setLogLevel("SILENT");

export const partnerId = partnerIdOf(0);
const kinds = ["all", "retry", "repeat"] as const;
const minuteMs = 60_000;
// long enough for a message that was lost, and for what a dead worker's call has left in doubt
const restMs = 20 * minuteMs;
// every job of a minute has had its turn
const leastMs = 2 * minuteMs;

/** One that was asked for, or one that died: it is made once more. */
const hasLook = ({ table }: World): boolean => {
  const row = table.rows.get(`partner#${partnerId}\u0000integration`);
  const looks = row && fromIntegrationItem(row).looks;
  return looks !== undefined && (looks.holder !== null || isAsked(looks));
};

interface Act {
  what: string;
  main: (its: Ports) => Promise<string>;
  /** What has to have come of it, beside its answer. */
  hasCome?: () => boolean;
  /** How long that may take. */
  withinMs?: number;
}

export const registerKey = async (its: Ports, text: string): Promise<string> => {
  const pacerFor = singleCallPacer(its.rate, { class: "person-call", patienceMs: 1_200 });
  const gradientFor = (id: string) =>
    patientGradient(its.gradient.as({ pacer: pacerFor(id) }), { clock: its.clock, patienceMs: 1_200 });
  const register = registerToken({ ...its, gradientFor, secretPrefix: "partner/", hashKey: async () => hashKey });
  return (await register({ partnerId, text, by: person })).state;
};

/** What a person does again until it has worked; and then the service comes to rest. */
export const insist = async (
  world: World,
  wishes: Wishes,
  { what, main, hasCome = () => true, withinMs = restMs }: Act,
): Promise<void> => {
  const { spawn, line, accuse } = world;
  let isDone = false;
  const attempt = () => {
    const onEnd = (end: End) => {
      if (end.kind === "returned") isDone = true;
      else line.at(line.now() + 2_000, attempt, true);
    };
    spawn(what, main, { onEnd });
  };
  attempt();
  const end = line.now() + withinMs;
  await line.run(line.now() + leastMs);
  const isOver = () => isDone && hasCome() && isAtRest(world, wishes) && !hasLook(world);
  while (line.now() < end && !isOver()) await line.run(line.now() + minuteMs);
  if (!isDone) accuse("insist", "an act of a person never succeeded");
};

// what a person asks for again is told again, though it changes nothing
const toldAgain = new Set(["token.registered", "token.replaced", "mapping.check-requested"]);

// A number that a dead worker may have sent is in doubt until a run has it accepted once more, and a look that was
// asked for twice may find growth twice: so many runs of the service's own may follow the one that the flow is about.
const followersAtMost = 2;

/** Runs that the service made by itself, because of a death: they have to end well, and to come to an end. */
const faultsOf = (followers: UsageExport[]): string[] => [
  ...(followers.length > followersAtMost ? [`followers: ${followers.length} runs, without an end`] : []),
  ...followers
    .filter(({ outcome }) => outcome !== "succeeded")
    .map(({ id, outcome }) => `followers: ${id} is ${outcome}`),
];

const endState = async (world: World, wishes: Wishes) => {
  const { table, vendor, organizations, mails } = world;
  const integration = await findIntegration(table, partnerId);
  const newestFirst = (await listExports(table, partnerId, { limit: 100 })).items;
  const exports = newestFirst.slice(-1);
  const followers = newestFirst.slice(0, -1);
  const faults = [...(await brokenAtTheEnd(world, wishes)), ...faultsOf(followers)];
  const ofFollowers = new Set(followers.map(({ id }) => id));
  const events = (await listEvents(table, partnerId, { limit: 100 })).items
    .filter(({ details }) => !ofFollowers.has(String(details.exportId)))
    .map(({ type }) => type);
  const owed = [...table.rows.values()].filter(({ pk }) => pk.startsWith("outbox#")).length;
  return {
    faults,
    owed,
    // a number that may still land is sent once more
    exports: exports.map(({ state, outcome, totals: { accepted, unchanged, ...totals } }) => ({
      state,
      outcome,
      totals: { ...totals, held: accepted + unchanged },
    })),
    events: events.filter((type) => !toldAgain.has(type)).sort(),
    isWanted: integration && kinds.some((kind) => isWanted(integration.wants[kind])),
    integration: integration && {
      state: integration.state,
      currentExportId: integration.currentExportId,
      fingerprint: integration.token?.fingerprint,
      agreement: integration.agreement?.version,
      mapped: integration.mapping.mappedServiceIds.toSorted(),
      accounts: integration.mapping.accounts,
      problems: integration.problems,
    },
    counts: [...(organizations[0]?.current().counts ?? [])]
      .map(([line, { unitCount }]) => `${line}: ${unitCount}`)
      .sort(),
    accounts: [...(organizations[0]?.accounts ?? [])].sort(),
    services: vendor.services,
    // one more after a death between its sending and the note of it
    // what a run was interrupted by shows in how it ends, and so in whether there is a mail about that
    mails: new Set(mails.map(({ reference }) => reference).filter((id) => !id.startsWith("run-result"))).size,
  };
};

const sendEverything = async (its: Ports): Promise<string> => {
  // a person who got no answer looks first whether it has begun nevertheless
  const { items } = await listExports(its.table, partnerId, { limit: 1 });
  if (items.length > 0) return "started before";
  return (await startExport(its)({ partnerId, by: person, mode: "full" })).id;
};
const exportOf = (history: History, more: Item[] = []): Flow => ({
  history,
  amendRows: (rows) => [...rows, ...more],
  run: async (world, wishes) => {
    playHistory(world);
    await insist(world, wishes, { what: "send", main: sendEverything });
  },
  endState,
});

/** A few lines in several chunks, small enough to be killed in pairs. */
export const smallExport = exportOf(calmHistory({ customers: 5, ledgerBits: 2 }));
/** More lines than a chunk holds, which also outgrow the ledger's one row. */
export const longExport = exportOf(calmHistory({ customers: 70 }, 2), [
  aLedgerRow(
    Array.from({ length: 70 }, (_, index) => aLedgerEntry({ customerId: customerId(index), serviceId: "s0" })),
    { partnerId },
  ),
]);

export const isOfConnection = ({ pk, sk }: Item): boolean =>
  sk === "integration" || sk === "claim" || sk.startsWith("service#") || pk.startsWith("token#");

/** From nothing: start, token, agreement, accounts and services, mapping, and the first export. */
export const firstConnection: Flow = {
  history: calmHistory({ customers: 2, ledgerBits: 1 }),
  amendRows: (rows) => [
    ...rows.filter((row) => !isOfConnection(row)),
    aServiceRow({ id: serviceId(0), name: `Service ${serviceId(0)}`, gradientServiceId: null }),
  ],
  run: async (world, wishes) => {
    const { vendor, organizations } = world;
    watchMails(world);
    const [organization] = organizations;
    if (!organization) throw new Error("There is no partner");
    const side = organization.current();
    side.status = "inactive";
    const act = (what: string, main: Act["main"], hasCome?: Act["hasCome"]) =>
      insist(world, wishes, { what, main, ...(hasCome ? { hasCome } : {}) });
    await act("begin", async (its) => (await startIntegration(its)({ partnerId, by: person })).integration.state);
    await act("register", (its) => registerKey(its, side.key ?? ""));
    const { version, sha256 } = currentAgreement;
    const consent = { partnerId, version, sha256, by: person, name: "Ada Admin", email: "ada@example.com" };
    await act(
      "confirm",
      async (its) => (await confirmAgreement({ ...its, agreement: currentAgreement })(consent)).integration.state,
      () => organization.accounts.size > 0 && vendor.services.length > 0,
    );
    for (const account of organization.accounts.values()) account.isMapped = true;
    for (const { id } of vendor.services) organization.mappedServices.add(id);
    await act(
      "check",
      async (its) => (await checkMapping(its)({ partnerId, by: person })).requestedAt,
      () => side.isProven,
    );
  },
  endState,
};
