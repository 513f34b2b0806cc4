import * as z from "zod";
import { instant } from "#shared/identifier";
import { ownerEmail } from "#shared/views/integration-reply";
import { wordOf } from "#shared/wire";

const count = z.int().min(0);

export const agreementReply = z
  .strictObject({
    version: z.string(),
    sha256: z.string(),
    title: z.string(),
    markdown: z.string(),
    confirmation: z
      .strictObject({
        version: z.string(),
        sha256: z.string(),
        confirmedAt: instant,
        confirmedBy: z.string(),
        ownerEmail: ownerEmail.nullable(),
      })
      .nullable(),
  })
  .meta({
    id: "Agreement",
    examples: [
      {
        version: "2026-11-26",
        sha256: "5f0c2a55b0f0d8e6d6a1a6e4a3e0a0b8d9c3f0f8b5a1e2d3c4b5a69788796a5b",
        title: "Sharing usage with Gradient",
        markdown: "# Sharing usage with Gradient\n\nBy confirming, …",
        confirmation: null,
      },
    ],
  });

export const disconnectionReply = z
  .strictObject({
    accounts: count.meta({ description: "Customers whose counts Gradient keeps" }),
    lines: count.meta({ description: "What a run under way still sends is not among them" }),
    units: count.meta({ description: "Those of a number that got no answer as well: Gradient may hold them" }),
    lastSentAt: instant.nullable(),
    deleted: z.array(z.string()).meta({ description: "In sentences for people" }),
    kept: z.array(z.string()),
  })
  .meta({
    id: "Disconnection",
    examples: [
      {
        accounts: 40,
        lines: 97,
        units: 1204,
        lastSentAt: "2026-11-22T02:00:03.000Z",
        deleted: ["the key that connects the hub with Gradient"],
        kept: ["the audit trail"],
      },
    ],
  });

export const usageLineReply = z
  .strictObject({
    customerId: z.string(),
    customerName: z.string(),
    serviceId: z.string(),
    serviceName: z.string(),
    /** Null before the first measurement. */
    unitCount: count.nullable(),
    asOf: instant.nullable(),
    lastAccepted: z.strictObject({ unitCount: count, at: instant }).nullable(),
    lastOutcome: wordOf("accepted", "unchanged", "unmapped", "rejected", "deferred", "superseded").nullable(),
    isInDoubt: z.boolean().meta({
      description: "Another number than the one that was accepted last had no answer, and Gradient may hold it",
    }),
  })
  .meta({
    id: "UsageLine",
    examples: [
      {
        customerId: "cust-001",
        customerName: "Northwind Dental",
        serviceId: "svc-edr",
        serviceName: "Endpoint protection",
        unitCount: 17,
        asOf: "2026-11-22T06:00:00.000Z",
        lastAccepted: { unitCount: 15, at: "2026-11-21T02:00:03.000Z" },
        lastOutcome: "accepted",
        isInDoubt: false,
      },
    ],
  });

export const eventReply = z
  .strictObject({
    id: z.string(),
    type: z.string(),
    at: instant,
    actor: z.string().meta({ description: 'A person\'s `sub`, "service" or "gradient"' }),
    actorName: z.string().nullable(),
    role: z.string().nullable(),
    address: z.string().nullable(),
    details: z.record(z.string(), z.unknown()),
  })
  .meta({
    id: "Event",
    examples: [
      {
        id: "0f8b5c1e-3f5f-4a52-9d6b-0c6c1b8b6e0d",
        type: "export.started",
        at: "2026-11-22T12:00:00.000Z",
        actor: "person-1",
        actorName: "Dana Reyes",
        role: "full_admin",
        address: "198.51.100.7",
        details: { exportId: "20261122T120000000Z-1f3a9c2e" },
      },
    ],
  });
