import { describe, expect, it } from "vitest";
import type { Item } from "#shared/table/table";
import { countingTable } from "#test/bench/units/counting-table";
import { itemBytes, readUnits, writeUnits } from "#test/builders/item-size";
import { inMemoryTable } from "#test/fakes/in-memory-table";

const row = (bytes: number, more: object = {}): Item => ({
  pk: "p",
  sk: "thing#1",
  version: 1,
  pad: "x".repeat(bytes),
  ...more,
});

describe("an item's size", () => {
  it("is that of its names and values, as DynamoDB documents it", () => {
    const base = itemBytes({ pk: "a", sk: "b", version: 1 });
    // "pk" + "a", "sk" + "b", "version" + two bytes for a one-digit number
    expect(base).toBe(3 + 3 + 9);
    const sizeOf = (value: unknown) => itemBytes({ pk: "a", sk: "b", version: 1, v: value }) - base - 1;
    expect(sizeOf("žluť")).toBe(6);
    expect(sizeOf(null)).toBe(1);
    expect(sizeOf(true)).toBe(1);
    expect(sizeOf(0)).toBe(1);
    expect(sizeOf(1200)).toBe(2);
    expect(sizeOf(-12.5)).toBe(4);
    expect(sizeOf(new Uint8Array(17))).toBe(17);
    expect(sizeOf([])).toBe(3);
    expect(sizeOf(["ab", null])).toBe(3 + 3 + 2);
    expect(sizeOf({ ab: "c" })).toBe(3 + 1 + 3);
    expect(sizeOf(undefined)).toBe(-1);
  });

  it("makes units of one kilobyte written and four read", () => {
    expect([0, 1, 1024, 1025].map(writeUnits)).toEqual([1, 1, 1, 2]);
    expect([0, 4096, 4097].map(readUnits)).toEqual([1, 1, 2]);
  });
});

describe("a table that counts units", () => {
  it("charges a write by the larger of the old and the new row", async () => {
    const table = countingTable(inMemoryTable());
    await table.put(row(2500));
    await table.put(row(10));
    await table.put(row(10));
    expect(table.byKind.get("thing")).toEqual({ calls: 3, write: 3 + 3 + 1, read: 0 });
  });

  it("charges a refused write for what is there", async () => {
    const table = countingTable(inMemoryTable());
    await table.put(row(1500));
    table.reset();
    await expect(table.put(row(10), 7)).rejects.toThrow();
    expect(table.total()).toEqual({ calls: 1, write: 2, read: 0 });
  });

  it("charges everything in a transaction twice, each to its own kind", async () => {
    const table = countingTable(inMemoryTable());
    await table.transact([{ put: row(10) }, { put: { pk: "outbox#3", sk: "t", version: 1 } }]);
    expect(table.byKind.get("thing")).toEqual({ calls: 1, write: 2, read: 0 });
    expect(table.byKind.get("outbox")).toEqual({ calls: 0, write: 2, read: 0 });
  });

  it("charges the index when a row enters it, moves in it or leaves it", async () => {
    const table = countingTable(inMemoryTable());
    const due = (dueAt: string) => row(10, { dueKind: "run", dueAt });
    const costOf = async (item: Item) => {
      table.reset();
      await table.put(item);
      return table.total().write;
    };
    expect(await costOf(due("2026-01-01"))).toBe(2);
    expect(await costOf(due("2026-01-01"))).toBe(1);
    expect(await costOf(due("2026-01-02"))).toBe(3);
    expect(await costOf(row(10))).toBe(2);
  });

  it("charges reads by four kilobytes: each row alone, a query's rows together, the index at half the price", async () => {
    const table = countingTable(inMemoryTable());
    await table.put(row(5000, { dueKind: "run", dueAt: "2026-01-01" }));
    await table.put({ ...row(10), sk: "thing#2" });
    const costOf = async (call: () => Promise<unknown>) => {
      table.reset();
      await call();
      return table.total().read;
    };
    expect(await costOf(() => table.get({ pk: "p", sk: "thing#1" }))).toBe(2);
    expect(await costOf(() => table.get({ pk: "p", sk: "nothing" }))).toBe(1);
    expect(await costOf(() => table.getMany([1, 2, 3].map((place) => ({ pk: "p", sk: `thing#${place}` }))))).toBe(4);
    expect(await costOf(() => table.query({ pk: "p" }))).toBe(2);
    expect(await costOf(() => table.due({ kind: "run", until: "2027", limit: 10 }))).toBe(0.5);
  });
});
