import { describe, expect, it } from "vitest";
import { findCustomer } from "#shared/customers/customer";
import { listEvents } from "#shared/events/event";
import { findChunk } from "#shared/exports/chunk";
import { findExport } from "#shared/exports/usage-export";
import { findIntegration } from "#shared/integrations/integration";
import { claimant } from "#shared/integrations/token-claim";
import { queueWorker } from "#shared/lambda/queue-worker";
import { findOwnerMail } from "#shared/mail/owner-mail";
import { outboxRow, taskOf } from "#shared/outbox/outbox";
import { tableSlots } from "#shared/pace/table-slots";
import { findPartner } from "#shared/partners/partner";
import { findService } from "#shared/services/hub-service";
import { readRow } from "#shared/stored";
import type { Item, Table } from "#shared/table/table";
import { readBucket } from "#shared/usage/ledger";
import { readUsage } from "#shared/usage/usage";
import { aLambdaContext } from "#test/builders/http-event";
import { anSqsEvent, failed } from "#test/builders/queue-event";
import { aTableWith } from "#test/builders/table";
import { callsPerSecond } from "#test/fakes/rate";
import { virtualClock } from "#test/fakes/virtual-clock";
import { readRowFile } from "./row-file.ts";

const { rows, messages } = readRowFile(new URL("../fixtures/rows/2026-11.json", import.meta.url));

const last = (sk: string) => sk.slice(sk.indexOf("#") + 1);
const chunk = (table: Table, { exportId, number }: Item) => findChunk(table, "org-1", String(exportId), Number(number));

/** How the service reads a row of each kind. */
const readers: Record<string, (table: Table, row: Item) => Promise<unknown>> = {
  catalogue: (table, { sk }) => findService(table, last(sk)),
  profile: (table) => findPartner(table, "org-1"),
  integration: (table) => findIntegration(table, "org-1"),
  customer: (table, { sk }) => findCustomer(table, "org-1", last(sk)),
  usage: async (table, { sk }) => (await readUsage(table, "org-1", [last(sk)])).get(last(sk)),
  event: async (table) => (await listEvents(table, "org-1", { limit: 1 })).items[0],
  export: (table, { sk }) => findExport(table, "org-1", last(sk)),
  "mail agreement-confirmed": (table, { sk }) => findOwnerMail(table, "org-1", last(sk)),
  "mail token-rejected": (table, { sk }) => findOwnerMail(table, "org-1", last(sk)),
  "chunk planned": chunk,
  "chunk sending": chunk,
  "chunk done": chunk,
  ledger: (table, { connectionId }) =>
    readBucket(table, { partnerId: "org-1", bits: 0, number: 0 }, String(connectionId)),
  token: async (table, row) => ({ partnerId: await claimant(table, row) }),
  "gradient-organization": async (table, row) => ({ partnerId: await claimant(table, row) }),
  "outbox sync-accounts": async (_, row) => readRow(outboxRow, row),
  "outbox send-owner-mail": async (_, row) => readRow(outboxRow, row),
  "outbox export-usage": async (_, row) => readRow(outboxRow, row),
  "outbox close-connection": async (_, row) => readRow(outboxRow, row),
};

// what the table needs of a row, and what is packed in it, stands on other pages
const places = ["pk", "sk", "version", "dueKind", "dueAt", "expiresAt", "packed"];
/** Fields that a later version does not read any more. */
const goneSince = ["lastFullAt", "viewsOwed", "changedAt", "standsFor", "expectedBy", "awaitsService"];
const contentOf = (row: Item) =>
  JSON.parse(
    JSON.stringify(row, (field, value) => (places.includes(field) || goneSince.includes(field) ? undefined : value)),
  );
const isPlace = (kind: string) => ["webhook", "limiter"].includes(kind);

describe("a row of November 2026", () => {
  it.each(Object.entries(rows).filter(([kind]) => !isPlace(kind)))("is read: %s", async (kind, row) => {
    expect(await readers[kind]?.(await aTableWith(row), row)).toMatchObject(contentOf(row));
  });

  it("has its lines, wherever they are packed", async () => {
    const read = async (kind: string) => readers[kind]?.(await aTableWith(rows[kind] as Item), rows[kind] as Item);

    const line = { customerId: "cust-1", customerName: "Alder & Finch Solicitors", serviceId: "dns" };
    expect(await read("chunk planned")).toMatchObject({ content: { state: "planned", lines: { 0: line, length: 6 } } });
    expect(await read("chunk sending")).toMatchObject({ content: { intents: { 0: { at: 0, unitCount: 17 } } } });
    expect(await read("chunk done")).toMatchObject({
      content: { receipts: { 0: { ...line, outcome: "accepted" }, 4: { outcome: "unmapped" }, length: 6 } },
    });
    expect(await read("ledger")).toMatchObject({ entries: { size: 6 } });
  });

  it("keeps the pace: limiter", async () => {
    const limiter = rows.limiter as Item;
    const table = await aTableWith(limiter);

    const slots = tableSlots(table, "vendor", virtualClock(Number(limiter.next) - 100), callsPerSecond).for({
      class: "scheduled",
      taker: "worker",
    });
    expect(await slots.reserve(1)).toMatchObject({
      firstAt: (rows.limiter as Item).next,
    });
  });
});

// a kind that has come since has no message of that month
const kinds = (Object.keys(taskOf) as (keyof typeof taskOf)[]).filter((kind) => messages[kind] !== undefined);

describe("a message", () => {
  const worked = async (kind: keyof typeof taskOf, message: object) => {
    const seen: unknown[] = [];
    const worker = queueWorker({
      message: taskOf[kind],
      run: async (its) => {
        seen.push(its);
        return "done";
      },
    });
    return { reply: await worker(anSqsEvent(message), aLambdaContext()), seen };
  };

  it.each(kinds)("of November 2026 is worked off: %s", async (kind) => {
    const message = messages[kind] as object;

    expect(await worked(kind, message)).toEqual({ reply: failed(), seen: [message] });
  });

  it.each(kinds)("with a field of a later version is worked off without it: %s", async (kind) => {
    const message = messages[kind] as object;

    expect(await worked(kind, { ...message, priority: "high" })).toEqual({ reply: failed(), seen: [message] });
  });

  it("for a reason, or in a lane, of a later version is worked off", async () => {
    const sync = { ...messages["sync-accounts"], reason: "renamed" };
    const run = { ...messages["export-usage"], lane: "overnight" };

    expect(await worked("sync-accounts", sync)).toEqual({ reply: failed(), seen: [sync] });
    expect(await worked("export-usage", run)).toEqual({ reply: failed(), seen: [{ ...run, lane: "scheduled" }] });
  });
});
