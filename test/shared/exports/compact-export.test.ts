import { expect, it } from "vitest";
import { exportWrite, fromExportItem } from "#shared/exports/usage-export";
import { itemBytes } from "#test/builders/item-size";
import { anExport } from "#test/builders/usage-export";

it("is read as it was, whatever of it did not have to be written", () => {
  for (const value of [anExport(), anExport({ reason: "nothing-changed", serviceIds: ["s-1"], stalls: 2 })]) {
    const { put } = exportWrite(value);
    expect(fromExportItem(put)).toEqual({ ...value, version: value.version + 1 });
  }
});

it("takes less than a kilobyte while a run of five services is under way", () => {
  const at = "2026-11-22T10:00:00.000Z";
  const uuid = "6f1b2c3d-0000-4000-8000-1234567890ab";
  const value = anExport({
    id: "20261122T100000123Z-1234abcd",
    partnerId: uuid,
    kind: "all",
    lane: "scheduled",
    state: "sending",
    connectionId: uuid,
    readAt: at,
    startedAt: at,
    lease: { holder: uuid, until: at },
    admittedFor: { want: "all", seq: 1234 },
    acceptedLine: { customerId: uuid, serviceId: "svc-backup" },
    acceptedServiceIds: ["svc-backup", "svc-dns", "svc-edr", "svc-mail", "svc-vpn"],
  });
  expect(itemBytes(exportWrite(value).put)).toBeLessThan(1024);
});
