import { describe, expect, it } from "vitest";
import { apiClient } from "#client/api-client";
import { readCsv } from "#local/hub-ui/page/screens/csv/read-csv";

const usage = "/v1/integrations/gradient/usage";
const csvReply = (text: string, next?: string) =>
  new Response(`\uFEFF${text}`, {
    headers: {
      "content-type": "text/csv",
      "content-disposition": 'attachment; filename="usage-org-1001-2026-11-26.csv"',
      ...(next === undefined ? {} : { link: `<${next}>; rel="next"` }),
    },
  });

/** The pages by their cursors, and what was asked. */
const serving = (pages: Record<string, () => Response>) => {
  const asked: string[] = [];
  const call = apiClient({
    api: "http://api",
    accessToken: () => "token",
    fetch: async (input, init) => {
      const { pathname, searchParams } = new URL(String(input));
      asked.push(`${pathname} ${new Headers(init?.headers).get("accept")}`);
      return pages[searchParams.get("cursor") ?? ""]?.() ?? new Response(null, { status: 500 });
    },
  });
  return { call, asked };
};

describe("a list as CSV", () => {
  it("is one file of all pages, with one heading and the mark of UTF-8", async () => {
    const { call, asked } = serving({
      "": () => csvReply('id,name\r\n1,"A, \r\nB"\r\n', `${usage}?cursor=two%2B`),
      "two+": () => csvReply("id,name\r\n2,=\r\n", `${usage}?cursor=three`),
      three: () => csvReply("id,name\r\n"),
    });

    const { name, parts } = await readCsv(call, "GET /v1/integrations/gradient/usage", {});

    expect(name).toBe("usage-org-1001-2026-11-26.csv");
    expect(parts.join("")).toBe('\uFEFFid,name\r\n1,"A, \r\nB"\r\n2,=\r\n');
    expect(asked).toEqual([`${usage} text/csv`, `${usage} text/csv`, `${usage} text/csv`]);
  });

  it("is no half of one: a page that fails fails the whole", async () => {
    const { call } = serving({ "": () => csvReply("id\r\n1\r\n", `${usage}?cursor=gone`) });

    await expect(readCsv(call, "GET /v1/integrations/gradient/usage", {})).rejects.toMatchObject({
      problem: { status: 500 },
    });
  });

  it("is of the outcome that was chosen, on every page", async () => {
    const asked: string[] = [];
    const call = apiClient({
      api: "http://api",
      accessToken: () => "token",
      fetch: async (input) => {
        asked.push(new URL(String(input)).search);
        return csvReply("id\r\n", asked.length === 1 ? `${usage}?outcome=unmapped&cursor=2` : undefined);
      },
    });

    await readCsv(call, "GET /v1/integrations/gradient/exports/{exportId}/lines", {
      path: { exportId: "run-1" },
      query: { outcome: "unmapped" },
    });

    expect(asked).toEqual(["?outcome=unmapped", "?outcome=unmapped&cursor=2"]);
  });
});
