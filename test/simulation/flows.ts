import { checkMapping } from "#functions/check-mapping/check-mapping";
import { confirmAgreement } from "#functions/confirm-agreement/confirm-agreement";
import { startIntegration } from "#functions/start-integration/start-integration";
import { currentAgreement } from "#shared/agreements/agreement";
import { listEvents } from "#shared/events/event";
import { listExports } from "#shared/exports/usage-export";
import { findIntegration } from "#shared/integrations/integration";
import { setLogLevel } from "#shared/logger";
import type { Item } from "#shared/table/table";
import { aServiceRow } from "#test/builders/service";
import { aLedgerEntry, aLedgerRow } from "#test/builders/usage-export";
import { brokenInvariants } from "./invariants.ts";
import type { Flow } from "./kill-points.ts";
import type { End } from "./processes.ts";
import { customerId, fillGradient, firstToken, type Layout, rowsOf } from "./scenario.ts";
import { partnerId, person, type SimulatedService, secretName } from "./service.ts";

setLogLevel("SILENT");

/** What a person does again until it has worked. */
const insist = async (service: SimulatedService, act: (onEnd: (end: End) => void) => void): Promise<void> => {
  let isDone = false;
  const onEnd = (end: End) => {
    if (end.kind === "returned") isDone = true;
    else service.line.at(service.line.now() + 2_000, () => act(onEnd), true);
  };
  act(onEnd);
  await service.line.run();
  if (!isDone) service.accusations.push("an act of a person never succeeded");
};

// what a person asks for again is told again, though it changes nothing
const toldAgain = new Set(["token.registered", "token.replaced", "mapping.check-requested"]);

const endState = async (service: SimulatedService) => {
  const { table, gradient } = service;
  const faults = await brokenInvariants(service);
  const integration = await findIntegration(table, partnerId);
  const exports = (await listExports(table, partnerId, { limit: 100 })).items;
  const events = (await listEvents(table, partnerId, { limit: 100 })).items.map(({ type }) => type);
  const owed = [...table.rows.values()].filter(({ pk }) => pk.startsWith("outbox#")).length;
  return {
    faults,
    owed,
    exports: exports.map(({ state, outcome, totals, viewsRebuilt }) => ({ state, outcome, totals, viewsRebuilt })),
    events: events.filter((type) => !toldAgain.has(type)).sort(),
    integration: integration && {
      state: integration.state,
      currentExportId: integration.currentExportId,
      fingerprint: integration.token?.fingerprint,
      agreement: integration.agreement?.version,
      mapped: integration.mapping.mappedServiceIds.toSorted(),
      accounts: integration.mapping.accounts,
      problems: integration.problems,
    },
    counts: [...gradient.connections.current().counts].sort(),
    accounts: [...gradient.accounts].sort(),
    services: gradient.services,
    mails: [...table.rows.values()].filter(({ sk }) => sk.startsWith("mail#")).length,
  };
};

const exportOf = (layout: Layout, more: Item[] = []): Flow => ({
  rows: () => [...rowsOf(layout), ...more],
  run: async (service) => {
    service.secrets.set(secretName, [firstToken]);
    fillGradient(service.gradient, layout, () => true);
    await insist(service, (onEnd) => service.start({ id: "run-1", trigger: "manual", mode: "full" }, onEnd));
  },
  endState,
});

/** A few lines in several chunks, small enough to be killed in pairs. */
export const smallExport = exportOf({ customers: 5, services: 1, ledgerBits: 2, isActive: false });
// one that is due when a run ends late has another one then
const notDueMs = 24 * 3_600_000;
/** More lines than a chunk holds, which also outgrow the ledger's one row. */
export const longExport = exportOf({ customers: 70, services: 2, ledgerBits: 0, isActive: true, dueInMs: notDueMs }, [
  aLedgerRow(
    Array.from({ length: 70 }, (_, index) => aLedgerEntry({ customerId: customerId(index), serviceId: "s0" })),
    { partnerId },
  ),
]);

const newPartner: Layout = { customers: 2, services: 1, ledgerBits: 1, isActive: false };

/** From nothing: start, token, agreement, accounts and services, mapping, and the first export. */
export const firstConnection: Flow = {
  rows: () => [
    ...rowsOf(newPartner).filter(({ sk }) => sk !== "integration" && !sk.startsWith("service#")),
    aServiceRow({ id: "s0", name: "Service s0", gradientServiceId: null }),
  ],
  run: async (service) => {
    const { gradient, spawn } = service;
    gradient.connections.current().connection.status = "inactive";
    await insist(service, (onEnd) =>
      spawn("begin", async (its) => (await startIntegration(its)({ partnerId, by: person })).integration.state, {
        onEnd,
      }),
    );
    await insist(service, (onEnd) => service.register(firstToken, onEnd));
    const { version, sha256 } = currentAgreement;
    const consent = { partnerId, version, sha256, by: person, name: "Ada Admin", email: "ada@example.com" };
    await insist(service, (onEnd) =>
      spawn(
        "confirm",
        async (its) => (await confirmAgreement({ ...its, agreement: currentAgreement })(consent)).integration.state,
        { onEnd },
      ),
    );
    for (const account of gradient.accounts.values()) account.isMapped = true;
    for (const { id } of gradient.services) gradient.mappedServices.add(id);
    await insist(service, (onEnd) =>
      spawn("check", async (its) => (await checkMapping(its)({ partnerId, by: person })).requestedAt, { onEnd }),
    );
  },
  endState,
};
