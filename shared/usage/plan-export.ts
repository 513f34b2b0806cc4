import { type Customer, isBilled, listCustomers } from "../customers/customer.ts";
import { findIntegration, type Integration, integrationWrite } from "../integrations/integration.ts";
import { listServices } from "../services/hub-service.ts";
import { isConflict, retryOnConflict, type Table } from "../table/table.ts";
import { type Chunk, findChunk, toChunkItem } from "./chunk.ts";
import { type Lease, LeaseLost } from "./export-lease.ts";
import { bitsFor, bucketOf, type LedgerEntry, readLedger, widenLedger } from "./ledger.ts";
import type { Line } from "./line.ts";
import { type CustomerUsage, listUsage } from "./usage.ts";

// what is sent and written down together: a second's worth at 95 a second
const maxLinesPerChunk = 95;

/** Gradient holds, or may come to hold, something other than zero for the line. */
const holdsUnits = ({ accepted, doubt }: LedgerEntry): boolean =>
  (accepted !== null && accepted.unitCount > 0) || doubt !== null;

const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

interface Sources {
  customers: Customer[];
  usage: Map<string, CustomerUsage>;
  ledger: LedgerEntry[];
  serviceNames: Map<string, string>;
}

/**
 * Which lines a run has: every service that a billed customer has a count for, zero too, and everything that Gradient still holds
 * units for although the hub has no count any more or the customer is no longer billed.
 */
export const linesInScope = ({ customers, usage, ledger, serviceNames }: Sources): Line[] => {
  const held = Map.groupBy(ledger, ({ customerId }) => customerId);
  return customers.flatMap((customer) => {
    const billed = isBilled(customer);
    const counted = billed ? Object.keys(usage.get(customer.id)?.counts ?? {}) : [];
    const entries = held.get(customer.id) ?? [];
    const kept = entries.filter((entry) => billed || holdsUnits(entry)).map(({ serviceId }) => serviceId);
    return [...new Set([...counted, ...kept])].toSorted(byText).map((serviceId) => ({
      customerId: customer.id,
      customerName: customer.name,
      serviceId,
      serviceName: serviceNames.get(serviceId) ?? serviceId,
      billed,
    }));
  });
};

/** Lines cut into chunks, each within one row of the ledger. */
export const cutIntoChunks = (lines: Line[], bits: number): { bucket: number; lines: Line[] }[] =>
  [...Map.groupBy(lines, ({ customerId }) => bucketOf(customerId, bits))]
    .sort(([a], [b]) => a - b)
    .flatMap(([bucket, all]) =>
      Array.from({ length: Math.ceil(all.length / maxLinesPerChunk) }, (_, part) => ({
        bucket,
        lines: all.slice(part * maxLinesPerChunk, (part + 1) * maxLinesPerChunk),
      })),
    );

/** The number of rows that the ledger needs now; moves it there first when it has grown out of the old ones. */
const fitLedger = async (table: Table, integration: Integration, ledger: Map<string, LedgerEntry>, lines: number) => {
  const bits = bitsFor(lines, integration.ledgerBits);
  const connectionId = integration.gradient?.integrationId ?? "";
  if (bits === integration.ledgerBits) return bits;
  await widenLedger(table, ledger, { partnerId: integration.partnerId, bits, connectionId });
  await retryOnConflict(async () => {
    const current = await findIntegration(table, integration.partnerId);
    if (current && current.ledgerBits < bits)
      await table.transact([integrationWrite({ ...current, ledgerBits: bits })]);
  });
  return bits;
};

/**
 * Stores a chunk that nobody has begun. Its version is the export's when this worker took the run: later holders have higher ones, so
 * a worker that was held up cannot put its plan over a plan that is being sent.
 */
const storePlanned = async (table: Pick<Table, "get" | "put">, chunk: Chunk): Promise<void> => {
  for (let before: Chunk | undefined; ; ) {
    try {
      return await table.put(toChunkItem(chunk), before?.version ?? "absent");
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
    before = await findChunk(table, chunk.partnerId, chunk.exportId, chunk.number);
    if (before && before.version > chunk.version) throw new LeaseLost();
    // our own, the answer was lost
    if (before?.version === chunk.version) return;
  }
};

export interface Plan {
  chunks: number;
  lines: number;
  ledgerBits: number;
  endsBilling: boolean;
}

/**
 * Fixes the lines of a run and stores them in chunks. Done again after a crash it writes the same chunk numbers; nothing has
 * been sent before the export names how many there are.
 */
export const planExport = async (table: Table, lease: Lease, integration: Integration): Promise<Plan> => {
  const { partnerId, id: exportId, customerIds, createdAt, version } = lease.current();
  const connectionId = integration.gradient?.integrationId ?? "";
  const [customers, usage, ledger, services] = await Promise.all([
    listCustomers(table, partnerId),
    listUsage(table, partnerId),
    readLedger(table, { partnerId, bits: integration.ledgerBits, connectionId }),
    listServices(table),
  ]);
  const wanted = customerIds && new Set(customerIds);
  const all = linesInScope({
    customers,
    usage,
    ledger: [...ledger.values()],
    serviceNames: new Map(services.map(({ id, name }) => [id, name])),
  });
  const ledgerBits = await fitLedger(table, integration, ledger, all.length);
  const lines = wanted ? all.filter(({ customerId }) => wanted.has(customerId)) : all;
  const chunks = cutIntoChunks(lines, ledgerBits);
  for (const [number, { bucket, lines: its }] of chunks.entries()) {
    const content: Chunk["content"] = { state: "planned", lines: its };
    await lease.keep();
    await storePlanned(table, { partnerId, exportId, number, bucket, content, createdAt, version });
  }
  return {
    chunks: chunks.length,
    lines: lines.length,
    ledgerBits,
    endsBilling: lines.some(({ billed }) => !billed),
  };
};
