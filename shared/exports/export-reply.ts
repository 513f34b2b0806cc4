import * as z from "zod";
import { instant } from "../identifier.ts";
import { wordOf } from "../wire.ts";

const count = z.int().min(0);

/** An export, as `exportView` shows it. */
export const exportReply = z
  .strictObject({
    id: z.string(),
    trigger: wordOf("schedule", "manual", "mapping", "recovery", "repeat"),
    startedBy: z.string().meta({ description: 'A person\'s `sub`, or "service"' }),
    mode: wordOf("changes", "full", "dry-run"),
    state: wordOf("planned", "sending", "finished", "cancelled"),
    outcome: wordOf("succeeded", "partial", "failed").nullable(),
    customerIds: z.array(z.string()).nullable(),
    serviceIds: z.array(z.string()).nullable(),
    retryOf: z.string().nullable(),
    stoppedBy: z.string().nullable(),
    reason: wordOf("nothing-changed", "not-billed", "unknown-customer", "left-out").nullable(),
    settled: count.meta({ description: "How many lines have their receipt" }),
    totals: z.object({
      lines: count,
      accepted: count,
      unchanged: count,
      unmapped: count,
      rejected: count,
      deferred: count,
      superseded: count,
    }),
    createdAt: instant,
    startedAt: instant.nullable(),
    finishedAt: instant.nullable(),
  })
  .meta({
    id: "Export",
    examples: [
      {
        id: "20261122T120000000Z-1f3a9c2e",
        trigger: "manual",
        startedBy: "person-1",
        mode: "changes",
        state: "sending",
        outcome: null,
        customerIds: null,
        serviceIds: null,
        retryOf: null,
        stoppedBy: null,
        reason: null,
        settled: 100,
        totals: { lines: 160, accepted: 97, unchanged: 0, unmapped: 3, rejected: 0, deferred: 0, superseded: 0 },
        createdAt: "2026-11-22T12:00:00.000Z",
        startedAt: "2026-11-22T12:00:01.000Z",
        finishedAt: null,
      },
    ],
  });

/** A line's receipt. */
export const receiptReply = z
  .strictObject({
    customerId: z.string(),
    customerName: z.string(),
    serviceId: z.string(),
    serviceName: z.string(),
    unitCount: count.nullable(),
    previousUnitCount: count.nullable(),
    asOf: instant.nullable(),
    outcome: wordOf("accepted", "unchanged", "unmapped", "rejected", "deferred", "superseded"),
    reason: z.string().nullable(),
    whatToDo: z.string().nullable(),
    sentAt: instant.nullable(),
  })
  .meta({
    id: "Receipt",
    examples: [
      {
        customerId: "cust-001",
        customerName: "Northwind Dental",
        serviceId: "svc-edr",
        serviceName: "Endpoint protection",
        unitCount: 17,
        previousUnitCount: 15,
        asOf: "2026-11-22T06:00:00.000Z",
        outcome: "accepted",
        reason: null,
        whatToDo: null,
        sentAt: "2026-11-22T12:00:03.000Z",
      },
    ],
  });
