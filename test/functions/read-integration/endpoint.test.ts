import { describe, expect, it } from "vitest";
import { aProblem } from "#test/builders/http-event";
import { anIntegrationRow } from "#test/builders/integration";
import { printedBy } from "#test/builders/stdout";
import { anExportRow } from "#test/builders/usage-export";
import { answer, exportId, read } from "./read-rig.ts";

const lists = ["/usage", "/exports", "/events"];

it.each(lists)("GET %s is empty before the start", async (route) => {
  expect(await read([], route)).toEqual(answer({ items: [], nextCursor: null }));
});

it.each([...lists, "/exports/{exportId}/lines"])("GET %s refuses a cursor that it did not give out", async (route) => {
  const rows = [anIntegrationRow(), anExportRow()];
  const refusal = aProblem(
    422,
    "cursor.invalid",
    "The request needs a correction",
    "This cursor is not one that the list gave out. Start again without a cursor.",
  );

  for (const cursor of ["!", "bm8", Buffer.from('"integration"').toString("base64url"), "x".repeat(5000)]) {
    expect(await read(rows, route, { query: { cursor }, path: { exportId } })).toEqual(refusal);
  }
});

describe("whoever asks", () => {
  const routes = ["", "/agreement", "/mapping", ...lists, "/exports/{exportId}", "/exports/{exportId}/lines"];

  it.each(["owner", "full_admin", "product_admin", "billing_admin"])("may read everything as %s", async (role) => {
    for (const route of routes) {
      expect(await read([anExportRow()], route, { person: { role }, path: { exportId } })).toMatchObject({
        status: 200,
      });
    }
  });

  it.each([
    ["an unknown role", { role: "guest" }],
    ["no partner", { org_id: "" }],
  ])("may read nothing with %s", async (_, person) => {
    for (const route of routes) {
      expect(await read([anExportRow()], route, { person, path: { exportId } })).toEqual(
        aProblem(
          403,
          "identity.incomplete",
          "Not allowed",
          "The token names no person, organization or known role: the identity provider has to set `sub`, `org_id` and `role`.",
        ),
      );
    }
  });
});

it("knows no other route", async () => {
  expect(await read([], "/secrets")).toEqual(aProblem(404, "route.unknown", "Not found", "There is no such route."));
});

it("takes no body of 300 KiB", async () => {
  expect(await read([], "", { body: "x".repeat(300 * 1024) })).toEqual(
    aProblem(413, "request.too-large", "Too large", "The body is larger than 64 KiB."),
  );
});

it("refuses a body that is not JSON", async () => {
  expect(await read([], "/mapping", { body: "{" })).toMatchObject({ status: 400, body: { code: "request.malformed" } });
});

it("prints nothing of what was sent", async () => {
  const canary = "canary-4711";
  const replies: unknown[] = [];

  const printed = await printedBy(async () => {
    replies.push(await read([], "", { body: `{"token":"${canary}` }));
    replies.push(await read([], "/events", { query: { cursor: canary } }));
    replies.push(await read([], "/exports/{exportId}", { path: { exportId: canary } }));
    replies.push(
      await read([], "/exports/{exportId}/lines", { path: { exportId: canary }, query: { outcome: canary } }),
    );
  });

  expect(printed).toContain("request refused");
  expect(printed).not.toContain(canary);
  expect(JSON.stringify(replies)).not.toContain(canary);
});
