import { beforeEach, describe, expect, it } from "vitest";
import { cutIntoChunks } from "#functions/export-usage/plan/plan-export";
import { widenLedger } from "#functions/export-usage/plan/widen-ledger";
import { UnreadableRecord } from "#shared/errors";
import { LeaseLost } from "#shared/exports/export-lease";
import { heldLine, linesInScope } from "#shared/exports/lines-in-scope";
import { type Item, store } from "#shared/table/table";
import {
  bitsFor,
  bucketOf,
  bucketWrite,
  entriesOf,
  heldRows,
  type LedgerEntry,
  lineKey,
  readBucket,
  readLedger,
} from "#shared/usage/ledger";
import { inMemoryTable } from "#test/fakes/in-memory-table";

const at = "2026-11-22T10:00:00.000Z";
const anEntry = (customerId: string, unitCount = 1): LedgerEntry => ({
  customerId,
  serviceId: "dns",
  accepted: { unitCount, at, gen: 0 },
  doubt: null,
  owed: null,
  last: { outcome: "accepted", at },
});
const many = Array.from({ length: 500 }, (_, index) => anEntry(`customer-${index}`, index));
const notInUse = async () => false;
const partner = { partnerId: "org-1", connectionId: "connection-1" };

describe("the ledger's rows", () => {
  it("grow with the lines and never shrink", () => {
    expect([0, 1, 80, 81, 160, 161, 100_000].map((lines) => bitsFor(lines, 0))).toEqual([0, 0, 0, 1, 1, 2, 11]);
    expect(bitsFor(1, 5)).toBe(5);
  });

  it("spread customers evenly", () => {
    const sizes = new Map<number, number>();
    for (const { customerId } of many) {
      const bucket = bucketOf(customerId, 3);
      sizes.set(bucket, (sizes.get(bucket) ?? 0) + 1);
    }
    expect(sizes.size).toBe(8);
    expect(Math.max(...sizes.values())).toBeLessThan(100);
  });

  it("lose nothing when a partner outgrows them", async () => {
    const table = inMemoryTable();
    const entries = new Map(many.map((entry) => [lineKey(entry), entry]));
    await table.put(bucketWrite({ ...partner, bits: 0, number: 0, entries, version: 0 }).put);
    await widenLedger(table, { ...partner, bits: 0 }, 1, notInUse);
    await widenLedger(table, { ...partner, bits: 1 }, 3, notInUse);

    expect(await readLedger(table, { ...partner, bits: 3 })).toEqual(entries);
    const bucket = await readBucket(
      table,
      { partnerId: "org-1", bits: 3, number: bucketOf("customer-7", 3) },
      "connection-1",
    );
    expect(bucket.entries.get(lineKey(anEntry("customer-7")))).toEqual(anEntry("customer-7", 7));
  });

  it("are written again after an attempt that died, but not once they are in use", async () => {
    const table = inMemoryTable();
    const row = (unitCount: number, bits: number) => {
      const entries = new Map([[lineKey(anEntry("a")), anEntry("a", unitCount)]]);
      return bucketWrite({ ...partner, bits, number: bucketOf("a", bits), entries, version: 0 }).put;
    };
    const held = async () => (await readLedger(table, { ...partner, bits: 1 })).get(lineKey(anEntry("a")))?.accepted;
    await table.put(row(2, 0));
    await table.put(row(1, 1));

    await widenLedger(table, { ...partner, bits: 0 }, 1, notInUse);
    expect(await held()).toMatchObject({ unitCount: 2 });

    await table.put(row(3, 1));
    await expect(widenLedger(table, { ...partner, bits: 0 }, 1, async () => true)).rejects.toThrow(LeaseLost);
    expect(await held()).toMatchObject({ unitCount: 3 });
  });

  describe("of a partner that has another connection now", () => {
    const place = { partnerId: "org-1", bits: 0, number: 0 };
    const on = (connectionId: string, bits = 0) => ({ partnerId: "org-1", bits, connectionId });
    const written = async (connectionId: string, units: number) => {
      const row = await readBucket(table, place, connectionId);
      const entries = new Map([[lineKey(anEntry("a")), anEntry("a", units)]]);
      await store(table, bucketWrite({ ...row, entries }));
    };
    const held = async (connectionId: string, bits = 0) =>
      [...(await readLedger(table, on(connectionId, bits))).values()].map(({ accepted }) => accepted?.unitCount);
    let table = inMemoryTable();
    beforeEach(async () => {
      table = inMemoryTable();
      await written("connection-1", 1);
    });

    it("know nothing of it: its counts are not in Gradient", async () => {
      expect((await readBucket(table, place, "connection-2")).entries.size).toBe(0);
      expect(await held("connection-2")).toEqual([]);
    });

    it("still know what the one before holds, should the partner come back to it", async () => {
      await written("connection-2", 2);
      expect(await held("connection-2")).toEqual([2]);
      expect(await held("connection-1")).toEqual([1]);
      expect(await entriesOf(table, on("connection-1"), ["a"])).toMatchObject(
        new Map([[lineKey(anEntry("a")), { accepted: { unitCount: 1 } }]]),
      );
      const lines = await Array.fromAsync(heldRows(table, on("connection-1")));
      expect(lines.flat()).toMatchObject([{ accepted: { unitCount: 1 } }]);

      await written("connection-1", 3);
      expect([await held("connection-1"), await held("connection-2")]).toEqual([[3], [2]]);
    });

    it("remember the two before it, whatever comes after", async () => {
      for (const turn of [2, 3, 4]) await written(`connection-${turn}`, turn);
      const all = await Promise.all([1, 2, 3, 4].map((turn) => held(`connection-${turn}`)));
      expect(all).toEqual([[], [2], [3], [4]]);
    });

    it("take along what they know when the partner outgrows them", async () => {
      await written("connection-2", 2);
      await widenLedger(table, on("connection-2"), 3, notInUse);
      expect([await held("connection-1", 3), await held("connection-2", 3)]).toEqual([[1], [2]]);
    });

    it("are in nobody's way where what they hold of the one before cannot be read", async () => {
      const [row] = table.rows.values();
      await table.put({ ...row, packed: "?" } as Item);
      await written("connection-2", 2);
      await widenLedger(table, on("connection-2"), 3, notInUse);
      expect(await held("connection-2", 3)).toEqual([2]);
      await expect(held("connection-1")).rejects.toThrow(UnreadableRecord);
    });

    it("are taken along before the new connection has a count", async () => {
      await widenLedger(table, on("connection-2"), 3, notInUse);
      expect([await held("connection-1", 3), await held("connection-2", 3)]).toEqual([[1], []]);
    });
  });
});

describe("the lines of a run", () => {
  const aCustomer = (id: string, more: object = {}) => ({
    id,
    name: `Customer ${id}`,
    billing: "billed" as const,
    partnerId: "org-1",
    removedAt: null,
    retiredAt: null,
    isMapped: null,
    updatedAt: at,
    version: 1,
    ...more,
  });
  const usageOf = (customerId: string, ...services: string[]): [string, Map<string, null>] => [
    customerId,
    new Map(services.map((service) => [service, null])),
  ];
  const plan = (
    customers: ReturnType<typeof aCustomer>[],
    usage: ReturnType<typeof usageOf>[],
    ledger: LedgerEntry[],
  ) =>
    linesInScope({
      customers,
      counted: new Map(usage),
      held: ledger.map(heldLine),
      serviceNames: new Map(),
      leftOutServiceIds: new Set(),
    }).map(({ customerId, serviceId, billed }) => `${customerId}/${serviceId}${billed ? "" : " to zero"}`);

  it("are the services that a billed customer has a count for, zeros too", () => {
    expect(plan([aCustomer("a"), aCustomer("b")], [usageOf("a", "sig", "dns")], [])).toEqual(["a/dns", "a/sig"]);
  });

  it("leave trials and customers without a product out", () => {
    const out = [aCustomer("a", { billing: "trial" }), aCustomer("b", { billing: "not-provisioned" })];
    expect(plan(out, [usageOf("a", "dns"), usageOf("b", "dns")], [])).toEqual([]);
  });

  it("bring to zero what Gradient holds of a customer that is not billed any more, once", () => {
    const gone = aCustomer("a", { removedAt: at });
    expect(plan([gone], [usageOf("a", "dns")], [anEntry("a", 4)])).toEqual(["a/dns to zero"]);
    expect(plan([gone], [usageOf("a", "dns")], [anEntry("a", 0)])).toEqual([]);
    expect(plan([gone], [], [{ ...anEntry("a", 0), owed: "stopped" }])).toEqual(["a/dns to zero"]);
    expect(plan([gone], [], [{ ...anEntry("a"), accepted: null, owed: "throttled" }])).toEqual([]);
    expect(plan([gone], [], [{ ...anEntry("a", 0), accepted: null, doubt: { unitCount: 4, until: at } }])).toEqual([
      "a/dns to zero",
    ]);
  });

  it("keep a service that was counted once and has no count any more", () => {
    expect(plan([aCustomer("a")], [], [anEntry("a", 4)])).toEqual(["a/dns"]);
  });

  it("are cut into chunks of at most 95, none across two rows of the ledger", () => {
    const lines = many.map(({ customerId }) => ({
      customerId,
      customerName: customerId,
      serviceId: "dns",
      serviceName: "DNS",
      billed: true,
    }));
    const chunks = cutIntoChunks(lines, 1);
    expect(chunks.map(({ lines: its }) => its.length).every((length) => length <= 95)).toBe(true);
    expect(chunks.flatMap(({ lines: its }) => its).length).toBe(500);
    for (const { bucket, lines: its } of chunks) {
      expect(its.every(({ customerId }) => bucketOf(customerId, 1) === bucket)).toBe(true);
    }
  });

  it.each([0, 1])("are cut into chunks in the order that they have: that of a line of row %i first", (row) => {
    const first = many.find(({ customerId }) => bucketOf(customerId, 1) === row);
    const lines = [...many.filter((line) => line === first), ...many];

    expect(cutIntoChunks(lines, 1)[0]?.bucket).toBe(row);
  });
});
