import { describe, expect, it } from "vitest";
import { readPartner } from "#functions/read-partner/read-partner";
import { recordUsage } from "#functions/record-usage/record-usage";
import { noteMeasured } from "#shared/usage/last-measured";
import { aCustomerRow } from "#test/builders/customer";
import { aPartnerRow } from "#test/builders/partner";
import { aServiceRow } from "#test/builders/service";
import { aTableWith } from "#test/builders/table";
import { minutesAfter, now } from "#test/builders/time";
import { aCount, aMeasurement, aUsageRow } from "#test/builders/usage";
import type { InMemoryTable } from "#test/fakes/in-memory-table";
import { readRowFile } from "./row-file.ts";

const { rows } = readRowFile(new URL("../fixtures/rows/2026-11.json", import.meta.url));

const partnerId = "org-1001";
const newest = minutesAfter(-1);
const older = minutesAfter(-8);
/** The newest count is of a customer that no later batch names. */
const counted = () =>
  aTableWith(
    aPartnerRow(),
    aServiceRow(),
    aCustomerRow(),
    aCustomerRow({ id: "cust-2" }),
    aUsageRow({ counts: { "svc-dns": aCount({ measuredAt: minutesAfter(-9) }) } }),
    aUsageRow({ customerId: "cust-2", counts: { "svc-dns": aCount({ measuredAt: newest }) } }),
  );
const noteOfBefore = { pk: `partner#${partnerId}`, sk: "last-measured", at: older, version: 4 };
const lastMeasuredAt = async (table: InMemoryTable) => (await readPartner({ table })(partnerId)).lastMeasuredAt;
const recordOlder = (table: InMemoryTable) =>
  recordUsage({ table, now })({
    partnerId,
    measurements: [{ index: 0, record: aMeasurement({ measuredAt: older }) }],
  });

describe("counts of before their newest moment was noted", () => {
  it("are looked through once somebody asks", async () => {
    expect(await lastMeasuredAt(await counted())).toBe(newest);
  });

  it("are looked through by the first batch, whose own counts may be older", async () => {
    const table = await counted();
    await recordOlder(table);

    const query = () => Promise.reject(new Error("read"));
    expect(
      await lastMeasuredAt({ ...table, query: async (its) => (its.prefix === "usage#" ? query() : table.query(its)) }),
    ).toBe(newest);
  });

  it("are looked through though a batch since has noted its own", async () => {
    const table = await counted();
    await table.put(noteOfBefore);
    expect(await lastMeasuredAt(table)).toBe(newest);

    await recordOlder(table);
    expect(await lastMeasuredAt(table)).toBe(newest);
    expect(await table.get(noteOfBefore)).toMatchObject({ at: newest, isWhole: true, version: 5 });
  });

  it("are noted by whoever has read them anyway", async () => {
    const table = await counted();
    await table.put(noteOfBefore);
    const query = () => Promise.reject(new Error("read"));

    await noteMeasured({ ...table, query }, partnerId, { at: newest, newest });

    expect(await table.get(noteOfBefore)).toMatchObject({ at: newest, isWhole: true });
  });

  it("of November 2026 are read", async () => {
    const usage = rows.usage;
    if (usage === undefined) throw new Error("There is no such row.");
    const table = await aTableWith({ ...aPartnerRow(), pk: usage.pk }, usage);

    const { lastMeasuredAt: at } = await readPartner({ table })(usage.pk.slice("partner#".length));

    expect(at).toBe(
      Object.values(Object(usage.counts))
        .map((count) => Object(count).measuredAt)
        .sort()
        .at(-1),
    );
  });
});
