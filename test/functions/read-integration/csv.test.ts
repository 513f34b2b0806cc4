import { describe, expect, it } from "vitest";
import { aCustomerRow } from "#test/builders/customer";
import { anIntegrationRow } from "#test/builders/integration";
import { aServiceRow } from "#test/builders/service";
import { aUsageRow } from "#test/builders/usage";
import { anExportRow } from "#test/builders/usage-export";
import { read } from "./read-rig.ts";

describe("CSV", () => {
  const csv = { headers: { accept: "text/csv" } };

  it("has the lines of usage, a name for the file, and no more than JSON has", async () => {
    const name = '=HYPERLINK("http://x","y")';
    const rows = [anIntegrationRow(), aServiceRow(), aCustomerRow({ name }), aUsageRow()];

    const { status, headers, body } = await read(rows, "/usage", csv);

    expect({ status, headers }).toEqual({
      status: 200,
      headers: {
        "content-type": "text/csv; charset=utf-8; header=present",
        "content-disposition": 'attachment; filename="usage-org-1001-2026-11-22.csv"',
        "cache-control": "no-store",
        vary: "accept",
      },
    });
    expect(body).toMatch(
      /^\uFEFFcustomerId,customerName,.*\r\ncust-1,"'=HYPERLINK\(""http:\/\/x"",""y""\)",svc-dns,.*,17,/,
    );
  });

  it("has 5,000 rows a page, and says where the next one is", async () => {
    const customers = Array.from({ length: 5_001 }, (_, index) => `cust-${String(index).padStart(5, "0")}`);
    const rows = [
      anIntegrationRow(),
      aServiceRow(),
      ...customers.flatMap((id) => [aCustomerRow({ id }), aUsageRow({ customerId: id })]),
    ];

    const first = await read(rows, "/usage", csv);

    expect(first.body.trimEnd().split("\r\n")).toHaveLength(5_001);
    const [, cursor] =
      /^<\/v1\/integrations\/gradient\/usage\?cursor=([\w-]+)>; rel="next"$/.exec(String(first.headers?.link)) ?? [];
    const second = await read(rows, "/usage", { ...csv, query: { cursor: String(cursor) } });
    expect(second.body.trimEnd().split("\r\n")).toHaveLength(2);
    expect(second.headers).not.toHaveProperty("link");
  });

  it("of one of several lists says in the file's name which one it is", async () => {
    const rows = [anIntegrationRow(), aServiceRow(), aCustomerRow()];
    const names = await Promise.all(
      [{ kind: "accounts" }, { kind: "services", status: "left-out" }].map((query) =>
        read(rows, "/mapping/items", { ...csv, query }),
      ),
    );

    expect(names.map(({ headers }) => headers?.["content-disposition"])).toEqual([
      'attachment; filename="mapping-accounts-org-1001-2026-11-22.csv"',
      'attachment; filename="mapping-services-left-out-org-1001-2026-11-22.csv"',
    ]);
  });

  it("of a run's receipts says in the file's name which run it is", async () => {
    const id = "20261122T100000000Z-0a1b2c3d";
    const rows = [anIntegrationRow(), anExportRow({ id })];

    const nameOf = async (query: Record<string, string>) => {
      const { headers } = await read(rows, "/exports/{exportId}/lines", { ...csv, path: { exportId: id }, query });
      return headers?.["content-disposition"];
    };

    expect(await nameOf({})).toBe(`attachment; filename="receipts-${id}-org-1001-2026-11-22.csv"`);
    // two of them saved side by side are not the same file
    expect(await nameOf({ outcome: "unmapped" })).toBe(
      `attachment; filename="receipts-${id}-unmapped-org-1001-2026-11-22.csv"`,
    );
  });

  it("is not had of what is no list", async () => {
    expect((await read([], "", csv)).headers).toMatchObject({ "content-type": "application/json" });
  });
});
