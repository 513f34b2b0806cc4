import { describe, expect, it } from "vitest";
import { pack, unpack } from "#shared/table/packed";
import { aLedgerEntry, aLine, aReceipt } from "#test/builders/usage-export";

const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

describe("a packed list", () => {
  it.each([
    ["lines with intents", { state: "sending", lines: many(7, () => aLine()), intents: [{ at: 3, unitCount: 0 }] }],
    ["receipts", { state: "done", receipts: many(3, (index) => aReceipt({ unitCount: index === 1 ? null : index })) }],
    [
      "entries, some of them in doubt",
      many(5, (index) =>
        aLedgerEntry(index === 2 ? { doubt: { unitCount: 4, until: "2026-11-22T12:00:00.000Z" } } : {}),
      ),
    ],
    ["nothing", { state: "planned", lines: [] }],
    ["an empty list", []],
    ["lists in lists", [[{ a: 1 }], [{ a: 2 }, { a: [] }], []]],
    ["records of different shapes", [{ a: 1 }, { b: 1 }, { a: 1, b: 2 }]],
    ["empty records", [{}, {}]],
    [
      "fields in another order",
      [
        { a: 1, b: 2 },
        { b: 3, a: 4 },
      ],
    ],
    ["a text that ends like a moment", [{ customerId: "-1234-1234-1234-105.123Z", at: "2026-11-22T12:00:05.123Z" }]],
    ["plain values", [1, "two", null, true]],
    ["moments, some of them missing", ["2026-11-22T12:00:00.007Z", null, "2026-11-22T11:59:59.000Z", null]],
    ["what only looks like moments", ["2026-11-22T12:00:00.000Z", "2026-02-30T12:00:00.000Z"]],
    ["moments and words", ["2026-11-22T12:00:00.000Z", "2026-11-22T12:00:00.000Y"]],
  ])("holds %s", (_, value) => {
    expect(unpack(pack(value))).toEqual(value);
  });

  it.each([
    ["as text while a row takes one write unit anyway", 2, "string"],
    ["deflated when there are more", 20, "object"],
  ])("is stored %s", (_, count, kind) => {
    const receipts = many(count, (index) => aReceipt({ customerId: `customer-${index}` }));
    expect(typeof pack(receipts)).toBe(kind);
    expect(unpack(pack(receipts))).toEqual(receipts);
  });

  it("takes a tenth of its text", () => {
    const receipts = many(64, (index) =>
      aReceipt({ customerId: `customer-${Math.floor(index / 5)}`, unitCount: index }),
    );
    expect(pack({ state: "done", receipts }).length).toBeLessThan(JSON.stringify(receipts).length / 10);
  });

  it("takes three bytes for a moment, at most", () => {
    const moments = many(1_000, (index) => new Date(1_790_000_000_000 + index * 211 + (index % 7)).toISOString());

    expect(pack(moments).length).toBeLessThan(3_000);
  });
});
