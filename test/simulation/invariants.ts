import { isBilled, listCustomers } from "#shared/customers/customer";
import { listEvents } from "#shared/events/event";
import { listChunks } from "#shared/exports/chunk";
import { addOutcomes, noTotals, type Receipt } from "#shared/exports/line";
import { listExports, outcomeOf, type UsageExport } from "#shared/exports/usage-export";
import { findIntegration } from "#shared/integrations/integration";
import { listServices } from "#shared/services/hub-service";
import { lineKey } from "#shared/usage/ledger";
import { listUsage } from "#shared/usage/usage";
import { partnerId, type SimulatedService } from "./service.ts";
import { lineOf } from "./simulated-gradient.ts";

const many = { limit: 1_000 };

/** One receipt for each line, which sum up, and every accepted number was really accepted by Gradient. */
const checkExport = async ({ table, gradient }: SimulatedService, over: UsageExport): Promise<string[]> => {
  const faults: string[] = [];
  if (over.state !== "finished" && over.state !== "cancelled") return [`export ${over.id} is ${over.state} for ever`];
  if (outcomeOf(over) !== over.outcome) faults.push(`export ${over.id} says ${over.outcome}`);
  const { items } = await listChunks(table, partnerId, over.id, many);
  const receipts: Receipt[] = [];
  for (const { number, content } of items) {
    if (number >= (over.chunks ?? 0)) continue;
    if (content.state === "done") receipts.push(...content.receipts);
    else faults.push(`chunk ${number} of ${over.id} is ${content.state} for ever`);
  }
  const sums = { ...addOutcomes(noTotals, receipts), lines: receipts.length };
  if (JSON.stringify(sums) !== JSON.stringify(over.totals)) {
    faults.push(`export ${over.id} counts ${JSON.stringify(over.totals)}, its receipts ${JSON.stringify(sums)}`);
  }
  if (new Set(receipts.map(lineKey)).size < receipts.length) faults.push(`a line of ${over.id} has two receipts`);
  const ids = new Map((await listServices(table)).map(({ id, gradientServiceId }) => [id, gradientServiceId ?? ""]));
  const accepted = gradient.connections.ofId(over.connectionId ?? "")?.accepted;
  for (const { customerId, serviceId, unitCount, outcome } of receipts) {
    const line = lineOf(customerId, ids.get(serviceId) ?? "");
    if (outcome === "accepted" && !accepted?.get(line)?.has(unitCount ?? -1)) {
      faults.push(`${over.id} has a receipt for ${unitCount} on ${line}, which Gradient never accepted`);
    }
  }
  return faults;
};

/** Gradient holds the hub's number for every mapped line of a billed customer, and zero for what is no longer billed. */
const checkCounts = async ({ table, gradient }: SimulatedService): Promise<string[]> => {
  const faults: string[] = [];
  const usage = await listUsage(table, partnerId);
  const services = await listServices(table);
  for (const customer of await listCustomers(table, partnerId)) {
    for (const { id, gradientServiceId } of services) {
      const line = lineOf(customer.id, gradientServiceId ?? "");
      if (!gradient.isMapped(line)) continue;
      const held = gradient.connections.current().counts.get(line);
      const wanted = isBilled(customer) ? usage.get(customer.id)?.counts[id]?.unitCount : held && 0;
      if (held !== wanted) faults.push(`Gradient holds ${held} for ${line}, the hub ${wanted}`);
    }
  }
  return faults;
};

/** What must hold once the faults are over and one more run has gone through. */
export const brokenInvariants = async (service: SimulatedService): Promise<string[]> => {
  const { table, accusations } = service;
  const faults = [...accusations];
  const integration = await findIntegration(table, partnerId);
  const exports = (await listExports(table, partnerId, many)).items;
  const { connection, unseen } = service.gradient.connections.current();
  const isProven = exports.some(
    ({ totals, connectionId }) => totals.accepted > 0 && connectionId === connection.integrationId,
  );
  if (integration?.state !== "active" && (isProven || integration?.state !== "awaiting-mapping")) {
    faults.push(`the integration is ${integration?.state}`);
  }
  if (integration?.currentExportId !== null) faults.push(`export ${integration?.currentExportId} is stuck`);
  for (const over of exports) faults.push(...(await checkExport(service, over)));
  const started = (await listEvents(table, partnerId, many)).items.filter(({ type }) => type === "export.started");
  const ids = started.map(({ details }) => details.exportId);
  if (new Set(ids).size < ids.length) faults.push("an export was started twice");
  if (unseen.size > 0) faults.push("Gradient's views are older than its numbers");
  return [...faults, ...(await checkCounts(service))];
};
