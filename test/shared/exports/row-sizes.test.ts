import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { admissionWrite, maxUnderWay, readAdmission } from "#shared/exports/admission/admission";
import { findChunk } from "#shared/exports/chunk";
import { exportIdAt } from "#shared/exports/usage-export";
import { pack } from "#shared/table/packed";
import { bucketWrite, lineKey } from "#shared/usage/ledger";
import { itemBytes, writeUnits } from "#test/builders/item-size";
import { aTableWith } from "#test/builders/table";
import { noon } from "#test/builders/time";
import { aChunkRow, aLedgerEntry, aLine } from "#test/builders/usage-export";

const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

const services = ["svc-dns", "svc-edr", "svc-mail", "svc-backup", "svc-vpn"];
/** Eighty lines: 16 customers with five services each. */
const lines = many(16, () => randomUUID()).flatMap((customerId, place) =>
  services.map((serviceId) =>
    aLine({ customerId, customerName: `Customer ${place * 37} Ltd`, serviceId, serviceName: serviceId.toUpperCase() }),
  ),
);
const exportId = exportIdAt(new Date("2026-11-22T12:00:00.000Z"), "a1b2c3d4");
const intents = lines.map((_, at) => ({ at, unitCount: (at * 7919) % 480 }));
const placesOfAll = many(maxUnderWay, (index) => ({
  partnerId: randomUUID(),
  exportId: exportIdAt(new Date(Date.parse("2026-11-22T12:00:00.000Z") + index * 1_733), randomUUID().slice(0, 8)),
  isLarge: index % 5 === 0,
  isRepeat: false,
  waitsSince: null,
}));

describe("a row that is written for every run, or every chunk", () => {
  it.each([
    [
      "the runs under way, all places taken",
      admissionWrite({ places: placesOfAll, usualLines: 160.25, tookAt: noon, version: 7 }).put,
    ],
    [
      "a chunk of eighty lines that is about to be sent",
      aChunkRow({ exportId, content: { state: "sending", lines, intents } }),
    ],
    [
      "eighty lines of the ledger",
      bucketWrite({
        partnerId: randomUUID(),
        bits: 1,
        number: 0,
        connectionId: randomUUID(),
        version: 3,
        entries: new Map(
          lines.map((its, place) => {
            const at = new Date(Date.parse("2026-11-22T12:00:01.000Z") + place * 211 + (place % 5)).toISOString();
            const { unitCount = 0 } = intents[place] ?? {};
            const entry = { accepted: { unitCount, at, gen: 1 }, last: { outcome: "accepted" as const, at } };
            return [lineKey(its), aLedgerEntry({ customerId: its.customerId, serviceId: its.serviceId, ...entry })];
          }),
        ),
      }).put,
    ],
  ])("takes one write unit: %s", (_, row) => {
    expect([itemBytes(row), writeUnits(itemBytes(row))]).toEqual([expect.any(Number), 1]);
  });
});

describe("a row of before", () => {
  it("lists the runs under way as they are", async () => {
    const row = { pk: "admission", sk: "under-way", places: placesOfAll, usualLines: 3, version: 2 };

    expect(await readAdmission(await aTableWith(row))).toMatchObject({
      places: placesOfAll,
      usualLines: 3,
      version: 2,
    });
  });

  it("names the places of the numbers that are about to be sent, and its partner, run and number", async () => {
    const content = { state: "sending" as const, lines, intents: [{ at: 3, unitCount: 0 }] };
    const row = aChunkRow({ partnerId: "p#1", exportId, number: 12 });
    const table = await aTableWith({ ...row, packed: pack(content), partnerId: "p#1", exportId, number: 12 });

    expect(await findChunk(table, "p#1", exportId, 12)).toMatchObject({
      partnerId: "p#1",
      exportId,
      number: 12,
      content,
    });
  });
});
