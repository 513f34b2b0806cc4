import { type Chunk, toChunkItem } from "#shared/exports/chunk";
import { type Line, noTotals, type Receipt } from "#shared/exports/line";
import { exportWrite, nothingLeft, type UsageExport } from "#shared/exports/usage-export";
import type { Item } from "#shared/table/table";
import { type Bucket, bucketWrite, type LedgerEntry, lineKey } from "#shared/usage/ledger";
import { noon } from "./time.ts";

/** An export that a person has started and nobody has begun, unless the test is about another. */
export const anExport = (value: Partial<UsageExport> = {}): UsageExport => ({
  id: "20261122T120000000Z-manual",
  partnerId: "org-1001",
  trigger: "manual",
  startedBy: "person-1",
  mode: "changes",
  kind: "all",
  lane: "on-demand",
  state: "planned",
  outcome: null,
  customerIds: null,
  serviceIds: null,
  retryOf: null,
  probes: null,
  reason: null,
  leftOver: nothingLeft,
  allChunks: null,
  suspectsFrom: null,
  seq: 0,
  proofGen: 0,
  readAt: null,
  admittedFor: null,
  toSend: 0,
  repeatsDue: 0,
  awaitedServiceIds: [],
  totals: noTotals,
  chunks: null,
  nextChunk: 0,
  leg: 0,
  lease: null,
  stop: null,
  viewsRebuilt: false,
  connectionId: null,
  endsBilling: false,
  acceptedServiceIds: [],
  acceptedLine: null,
  createdAt: noon,
  startedAt: null,
  finishedAt: null,
  progressAt: noon,
  queuedAt: noon,
  stalls: 0,
  version: 1,
  ...value,
});

export const anExportRow = (value: Partial<UsageExport> = {}): Item => {
  const whole = anExport(value);
  return exportWrite({ ...whole, version: whole.version - 1 }).put;
};

export const aLine = (line: Partial<Line> = {}): Line => ({
  customerId: "cust-1",
  customerName: "Alder & Finch Solicitors",
  serviceId: "svc-dns",
  serviceName: "DNS Security Essentials",
  billed: true,
  ...line,
});

export const aReceipt = (receipt: Partial<Receipt> = {}): Receipt => ({
  customerId: "cust-1",
  customerName: "Alder & Finch Solicitors",
  serviceId: "svc-dns",
  serviceName: "DNS Security Essentials",
  unitCount: 17,
  previousUnitCount: 15,
  asOf: noon,
  outcome: "accepted",
  reason: null,
  whatToDo: null,
  sentAt: noon,
  ...receipt,
});

export const aChunk = (chunk: Partial<Chunk> = {}): Chunk => ({
  partnerId: "org-1001",
  exportId: "20261122T120000000Z-manual",
  number: 0,
  bucket: 0,
  content: { state: "planned", lines: [aLine()] },
  createdAt: noon,
  version: 1,
  ...chunk,
});

export const aChunkRow = (chunk: Partial<Chunk> = {}): Item => toChunkItem(aChunk(chunk));

export const aLedgerEntry = (entry: Partial<LedgerEntry> = {}): LedgerEntry => ({
  customerId: "cust-1",
  serviceId: "svc-dns",
  accepted: { unitCount: 15, at: noon, gen: 0 },
  doubt: null,
  owed: null,
  last: { outcome: "accepted", at: noon },
  ...entry,
});

/** One row of the ledger with these entries. */
export const aLedgerRow = (entries: LedgerEntry[], bucket: Partial<Bucket> = {}): Item =>
  bucketWrite({
    partnerId: "org-1001",
    bits: 0,
    number: 0,
    connectionId: "connection-1",
    version: 0,
    ...bucket,
    entries: new Map(entries.map((entry) => [lineKey(entry), entry])),
  }).put;
