import { keepForPages } from "#functions/sync-accounts/keep-for-pages";
import { currentAgreement } from "#shared/agreements/agreement";
import { lastAcceptedIn } from "#shared/customers/coverage";
import { listCustomers } from "#shared/customers/customer";
import { settlingTally } from "#shared/customers/customer-tally";
import { mappingEvidence } from "#shared/customers/mapped";
import { eventWrite } from "#shared/events/event";
import { findIntegration, type Integration, integrationWrite } from "#shared/integrations/integration";
import { ownerMailWrite, queuedMail } from "#shared/mail/owner-mail";
import { toPartnerItem } from "#shared/partners/partner";
import { listServices } from "#shared/services/hub-service";
import type { Item } from "#shared/table/table";
import { noteMeasured } from "#shared/usage/last-measured";
import { readLedger } from "#shared/usage/ledger";
import { listReadableUsage } from "#shared/usage/usage";
import type { Bundles } from "../rig/bundles.ts";
import type { BenchDynamo } from "../rig/dynamo.ts";
import { partnerRows } from "../rig/partner-rows.ts";
import { runOnce } from "../scale/large-partner.ts";

/** A partner that has been at it for a while. */
export interface BenchPartner {
  partnerId: string;
  customers: number;
  integration: Integration;
  /** A run of all of its lines, with their receipts. */
  exportId: string;
}

interface Size {
  partnerId: string;
  lines: number;
  events: number;
}

const by = { actor: "person-1", actorName: "Dana Reyes", address: "198.51.100.7" };
const { version: agreementVersion, sha256 } = currentAgreement;

/** One in twenty is not mapped yet. */
function* withSomeUnmapped(rows: Iterable<Item>): Generator<Item> {
  let customers = 0;
  for (const row of rows) {
    if (!row.sk.startsWith("customer#")) yield row;
    else {
      customers += 1;
      yield customers % 20 === 0 ? { ...row, isMapped: false } : row;
    }
  }
}

function* eventRows({ partnerId, events }: Size): Generator<Item> {
  for (let index = 0; index < events; index += 1) {
    const at = new Date(Date.now() - index * 60_000).toISOString();
    const details = { exportId: `export-${index}`, lines: index, reason: "as it was planned" };
    yield eventWrite({ id: `event-${index}`, partnerId, type: "export.started", at, details, ...by }).put;
  }
}

/** What the last look has found, as it is kept for the pages. */
const withPages = async ({ table }: BenchDynamo, integration: Integration): Promise<Integration> => {
  const { partnerId, ledgerBits: bits, proofGen, gradient } = integration;
  const at = new Date().toISOString();
  const [customers, { usage, unreadable }, ledger, services] = await Promise.all([
    settlingTally(table, partnerId, () => listCustomers(table, partnerId)).then(({ customers }) => customers),
    listReadableUsage(table, partnerId),
    readLedger(table, { partnerId, bits, connectionId: gradient?.integrationId ?? "" }),
    listServices(table),
  ]);
  const evidence = mappingEvidence({ ledger: ledger.values(), proofGen, toldAt: at, seenServiceIds: [] });
  const lastAccepted = lastAcceptedIn(ledger.values());
  const seen = { customers, usage, evidence, lastAccepted, services, unreadableUsage: unreadable, at };
  const kept = await keepForPages(table, integration, seen);
  return { ...integration, mapping: { ...integration.mapping, ...kept, lastCheckedAt: at } };
};

/** The rows of a partner with a history: a run of everything, an audit trail, and a confirmation that mail tells of. */
export const benchPartner = async (dynamo: BenchDynamo, bundles: Bundles, size: Size): Promise<BenchPartner> => {
  const { partnerId, lines } = size;
  const { table, seed } = dynamo;
  const owner = { name: "Dana Reyes", email: "dana.reyes@msp.example" };
  const updatedAt = new Date().toISOString();
  await seed([toPartnerItem({ id: partnerId, name: "MSP", owner, timeZone: "UTC", updatedAt, version: 1 })]);
  await seed(withSomeUnmapped(partnerRows(partnerId, lines)));
  await seed(eventRows(size));
  await noteMeasured(table, partnerId, { at: updatedAt });
  await runOnce(dynamo, bundles, partnerId, "full");
  const after = await findIntegration(table, partnerId);
  if (!after?.lastExport) throw new Error("The run has left nothing.");
  const at = new Date(Date.now() - 3_600_000).toISOString();
  const mailId = "agreement-mail";
  const agreement = { version: agreementVersion, sha256, confirmedAt: at, confirmedBy: by.actor, mailId };
  const facts = {
    kind: "agreement-confirmed" as const,
    version: agreementVersion,
    sha256,
    confirmedAt: at,
    confirmedByName: owner.name,
    confirmedByEmail: owner.email,
    address: by.address,
  };
  await seed([ownerMailWrite(queuedMail({ partnerId, id: mailId, at, facts })).put]);
  const integration = await withPages(dynamo, { ...after, agreement });
  await seed([integrationWrite(integration).put]);
  const customers = Math.ceil(lines / 5);
  return { partnerId, customers, integration, exportId: after.lastExport.id };
};
