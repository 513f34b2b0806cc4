import { describe, expect, it } from "vitest";
import { contradictions, finalReceipts, strangers } from "#local/demo/steps/proving";
import type { Receipt } from "#local/demo/traveller/hub-client";
import { receiptsLegend, receiptsTable } from "#local/demo/traveller/receipts-table";

const aReceipt = (over: Partial<Receipt> = {}): Receipt => ({
  customerId: "cust-1",
  customerName: "Merrow Travel",
  serviceId: "dns",
  serviceName: "DNS Security Essentials",
  unitCount: 14,
  outcome: "accepted",
  reason: null,
  ...over,
});

const receipts = [
  aReceipt(),
  aReceipt({ serviceId: "endpoint", serviceName: "Secure Endpoint", unitCount: 0 }),
  aReceipt({
    customerId: "cust-2",
    customerName: "Řeznictví a uzenářství Dvořák, společnost s ručením omezeným",
    unitCount: 131,
    outcome: "unmapped",
    reason: "The account is not mapped.",
  }),
];
const totals = { lines: 3, accepted: 2, unchanged: 0, unmapped: 1, rejected: 0, deferred: 0, superseded: 0 };

describe("receiptsTable", () => {
  it("sorts customers by name, not by the order in which they were sent", () => {
    const rows = receiptsTable([
      aReceipt({ customerId: "1", customerName: "Zephyr" }),
      aReceipt({ customerId: "2", customerName: "Éclair" }),
      aReceipt({ customerId: "3", customerName: "Alder" }),
    ]);

    expect(rows.slice(-3).map((row) => row.split(" ")[0])).toEqual(["Alder", "Éclair", "Zephyr"]);
  });

  it("shows a customer per row and a service per column, with what became of each count", () => {
    expect(receiptsTable(receipts)).toEqual([
      "                                      DNS Security        Secure",
      "customer                                Essentials      Endpoint",
      "────────────────────────────────────────────────────────────────",
      "Merrow Travel                                 14 ✓           0 ✓",
      "Řeznictví a uzenářství Dvořák, spo…          131 ○             ·",
    ]);
  });

  it("explains its marks with how often each occurs, zeros apart", () => {
    expect(receiptsLegend(receipts)).toEqual([
      "✓ accepted 2 (1 with a count of zero)",
      "○ unmapped 1 (0 with a count of zero)",
      "· not used",
    ]);
  });
});

describe("contradictions", () => {
  it("finds none where receipts and totals say the same", () => {
    expect(contradictions(receipts, totals)).toEqual([]);
  });

  it.each([
    ["a receipt is missing", receipts.slice(1), totals, "2 receipts for 3 lines"],
    ["the outcomes do not sum", receipts, { ...totals, accepted: 1 }, "the outcomes sum to 2, not to 3 lines"],
    [
      "an outcome is counted differently",
      receipts,
      { ...totals, accepted: 1, unmapped: 2 },
      "1 receipts say unmapped, the totals say 2",
    ],
  ])("says when %s", (_, lines, sums, sentence) => {
    expect(contradictions(lines, sums)).toContain(sentence);
  });
});

describe("finalReceipts", () => {
  it("takes each line's last receipt, but not that its number was sent before", () => {
    const runs = [
      [aReceipt({ outcome: "deferred" }), aReceipt({ serviceId: "endpoint" })],
      [aReceipt({ unitCount: 15 }), aReceipt({ serviceId: "endpoint", outcome: "unchanged" })],
    ];

    expect(finalReceipts(runs)).toEqual([aReceipt({ unitCount: 15 }), aReceipt({ serviceId: "endpoint" })]);
  });
});

describe("strangers", () => {
  it("finds none among lines that are accepted or unmapped", () => {
    expect(strangers(receipts)).toEqual([]);
  });

  it.each([
    [
      "a line was refused",
      [...receipts, aReceipt({ outcome: "rejected" })],
      "1 lines are rejected; a full export of the sample has none of those",
    ],
    ["zeros were skipped", receipts.toSpliced(1, 1), "no zero was accepted, and the sample has some"],
  ])("says when %s", (_, lines, sentence) => {
    expect(strangers(lines)).toEqual([sentence]);
  });
});
