import { describe, expect, it } from "vitest";
import { readExports, readReceipts } from "#functions/read-integration/read-exports";
import type { Receipt } from "#shared/exports/line";
import type { LineOutcome } from "#shared/usage/outcome";
import { aServiceRow } from "#test/builders/service";
import { aTableWith } from "#test/builders/table";
import { minutesAfter } from "#test/builders/time";
import { aChunkRow, aLine, anExportRow, aReceipt } from "#test/builders/usage-export";
import type { InMemoryTable } from "#test/fakes/in-memory-table";

const room = { rows: 200, bytes: 4_500_000 };
const partnerId = "org-1001";
const exportId = "20261122T120000000Z-manual";

const receiptsOf = (chunk: number, count: number): Receipt[] =>
  Array.from({ length: count }, (_, index) =>
    aReceipt({ customerId: `cust-${chunk}-${index}`, outcome: index === 0 ? "unmapped" : "accepted" }),
  );
const aDoneChunk = (number: number, count = 95) =>
  aChunkRow({ number, content: { state: "done", receipts: receiptsOf(number, count) } });

const allPages = async (table: InMemoryTable, outcome?: LineOutcome): Promise<Receipt[][]> => {
  const pages: Receipt[][] = [];
  for (let cursor: string | undefined; ; ) {
    const { items, nextCursor } = await readReceipts({ table })({ partnerId, exportId, outcome, cursor, room });
    pages.push(items);
    if (nextCursor === null) return pages;
    cursor = nextCursor;
  }
};

describe("the history", () => {
  it("has the newest export first, 200 at a time", async () => {
    const ids = Array.from({ length: 201 }, (_, index) => `${String(index).padStart(3, "0")}-manual`);
    const table = await aTableWith(...ids.map((id) => anExportRow({ id })), anExportRow({ partnerId: "org-2002" }));

    const first = await readExports({ table })({ partnerId, room, cursor: undefined });
    const second = await readExports({ table })({ partnerId, room, cursor: first.nextCursor ?? "" });

    expect(first.items).toHaveLength(200);
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids.toReversed());
    expect(second.nextCursor).toBeNull();
  });

  it("has no way into another list", async () => {
    const table = await aTableWith(anExportRow());

    await expect(
      readExports({ table })({ partnerId, room, cursor: Buffer.from('"event#"').toString("base64url") }),
    ).rejects.toMatchObject({
      code: "cursor.invalid",
    });
  });
});

describe("the receipts", () => {
  it("come in the order of the run, at most 200 at a time", async () => {
    const table = await aTableWith(
      anExportRow({ chunks: 2, allChunks: 4 }),
      aDoneChunk(0),
      aDoneChunk(1),
      aDoneChunk(2, 10),
      aDoneChunk(3, 95),
    );

    const pages = await allPages(table);

    expect(pages.map(({ length }) => length)).toEqual([190, 105]);
    expect(pages.flat()).toEqual([
      ...receiptsOf(0, 95),
      ...receiptsOf(1, 95),
      ...receiptsOf(2, 10),
      ...receiptsOf(3, 95),
    ]);
  });

  it("can be asked for by outcome", async () => {
    const table = await aTableWith(
      anExportRow({ chunks: 25 }),
      ...Array.from({ length: 25 }, (_, number) => aDoneChunk(number)),
    );

    const pages = await allPages(table, "unmapped");

    expect(pages.map((page) => page.map(({ customerId }) => customerId))).toEqual([
      Array.from({ length: 25 }, (_, number) => `cust-${number}-0`),
    ]);
  });

  it("are searched a part at a time for a rare outcome", async () => {
    const table = await aTableWith(
      anExportRow({ chunks: 401 }),
      ...Array.from({ length: 401 }, (_, number) => aDoneChunk(number, number === 400 ? 1 : 0)),
    );

    expect((await allPages(table, "unmapped")).map(({ length }) => length)).toEqual([0, 0, 1]);
  });

  it("are there as far as a run has come", async () => {
    const lines = [aLine()];
    const table = await aTableWith(
      anExportRow({ state: "sending", chunks: 3 }),
      aDoneChunk(0, 2),
      aChunkRow({ number: 1, content: { state: "sending", lines, intents: [{ at: 0, unitCount: 17 }] } }),
      aChunkRow({ number: 2, content: { state: "planned", lines } }),
    );

    expect(await allPages(table)).toEqual([receiptsOf(0, 2)]);
  });

  it("are not looked for behind where the run stands", async () => {
    const planned = { state: "planned" as const, lines: [aLine()] };
    const table = await aTableWith(
      anExportRow({ state: "sending", chunks: 30 }),
      ...Array.from({ length: 30 }, (_, number) => aChunkRow({ number, content: planned })),
    );
    let queries = 0;
    const query: InMemoryTable["query"] = (...args) => {
      queries += Number(args[0].pk.startsWith("export#"));
      return table.query(...args);
    };

    expect(await allPages({ ...table, query })).toEqual([[]]);
    expect(queries).toBe(1);
  });

  it("are there of every line once the run is over, also where nobody came to it", async () => {
    const lines = [aLine({ customerId: "late" })];
    const table = await aTableWith(
      anExportRow({ state: "cancelled", stop: "cancelled", chunks: 2, allChunks: 3 }),
      aDoneChunk(0, 1),
      aChunkRow({ number: 1, content: { state: "planned", lines } }),
      aDoneChunk(2, 1),
      // left from an attempt to plan that died
      aDoneChunk(3, 1),
    );

    const receipts = (await allPages(table)).flat();

    expect(receipts.map(({ customerId }) => customerId)).toEqual(["cust-0-0", "late", "cust-2-0"]);
    expect(receipts[1]).toMatchObject({ outcome: "deferred", reason: "The run was cancelled before this line." });
  });

  it("tell the name that Gradient has the service under, where the hub has changed it since", async () => {
    const ended = [aReceipt(), aReceipt({ outcome: "unmapped", reason: "Not mapped." })];
    const table = await aTableWith(
      anExportRow({ chunks: 1, allChunks: 1 }),
      aChunkRow({ number: 0, content: { state: "done", receipts: [...ended, aReceipt({ serviceId: "svc-edr" })] } }),
      aServiceRow({ name: "DNS Shield", gradientName: "DNS Security Essentials" }),
      aServiceRow({ id: "svc-edr", name: "EDR", gradientName: "EDR" }),
    );

    expect((await allPages(table)).flat().map(({ reason }) => reason)).toEqual([
      'In Gradient, the service is called "DNS Security Essentials".',
      'Not mapped. In Gradient, the service is called "DNS Security Essentials".',
      null,
    ]);
  });

  it("are not there before the plan", async () => {
    expect(await allPages(await aTableWith(anExportRow()))).toEqual([[]]);
  });

  it("are not looked for under a key that the table does not allow", async () => {
    const table = await aTableWith();
    const get: InMemoryTable["get"] = async (key) => {
      if (Buffer.byteLength(key.sk) > 1024) throw new Error("DynamoDB refuses such a key");
      return table.get(key);
    };

    await expect(
      readReceipts({ table: { ...table, get } })({ partnerId, room, exportId: "x".repeat(1025) }),
    ).rejects.toMatchObject({ code: "export.not-found" });
  });

  it("are nobody else's", async () => {
    const table = await aTableWith(
      anExportRow({ partnerId: "org-2002", createdAt: minutesAfter(-1) }),
      aChunkRow({ partnerId: "org-2002", content: { state: "done", receipts: [aReceipt()] } }),
    );

    await expect(readReceipts({ table })({ partnerId, room, exportId })).rejects.toMatchObject({
      code: "export.not-found",
    });
  });
});
