import { expect, it } from "vitest";
import { aCustomerRow } from "#test/builders/customer";
import { anIntegrationRow } from "#test/builders/integration";
import { aServiceRow } from "#test/builders/service";
import { minutesAfter, noon } from "#test/builders/time";
import { aUsageRow } from "#test/builders/usage";
import { aLedgerEntry, aLedgerRow } from "#test/builders/usage-export";
import { answer, read } from "./read-rig.ts";

it("GET /mapping shows the gaps", async () => {
  const neverLookedAt = { unbilledUnits: 17, wasMappedAt: null, isKnown: false };
  expect(await read([anIntegrationRow(), aCustomerRow(), aServiceRow(), aUsageRow()], "/mapping")).toEqual(
    answer({
      status: "complete",
      waitingSince: minutesAfter(-100),
      completedAt: minutesAfter(-60),
      lastCheckedAt: null,
      countedAt: null,
      lastChanges: null,
      accounts: { total: 1, mapped: 0, unknown: 1 },
      services: { total: 1, mapped: 0, unknown: 1 },
      unbilledUnits: 0,
      leftOut: { accounts: 0, services: 0, trial: 0, notProvisioned: 0 },
      lookAlikes: [],
      more: { lookAlikes: 0, accounts: 0, services: 0 },
      unmapped: {
        accounts: [{ id: "cust-1", name: "Alder & Finch Solicitors", ...neverLookedAt }],
        services: [{ id: "svc-dns", name: "DNS Security Essentials", ...neverLookedAt }],
      },
    }),
  );
});

it("GET /usage shows the lines", async () => {
  const rows = [anIntegrationRow(), aCustomerRow(), aServiceRow(), aUsageRow(), aLedgerRow([aLedgerEntry()])];

  expect(await read(rows, "/usage")).toEqual(
    answer({
      items: [
        {
          customerId: "cust-1",
          customerName: "Alder & Finch Solicitors",
          serviceId: "svc-dns",
          serviceName: "DNS Security Essentials",
          unitCount: 17,
          asOf: noon,
          lastAccepted: { unitCount: 15, at: noon },
          lastOutcome: "accepted",
          isInDoubt: false,
        },
      ],
      nextCursor: null,
    }),
  );
});
