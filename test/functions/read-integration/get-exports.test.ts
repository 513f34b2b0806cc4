import { describe, expect, it } from "vitest";
import { aProblem } from "#test/builders/http-event";
import { minutesAfter, noon } from "#test/builders/time";
import { aChunkRow, anExportRow, aReceipt } from "#test/builders/usage-export";
import { answer, exportId, read } from "./read-rig.ts";

const notFound = aProblem(404, "export.not-found", "Not found", "There is no such export.");

describe("GET /exports", () => {
  const shown = {
    id: exportId,
    trigger: "manual",
    startedBy: "person-1",
    mode: "changes",
    state: "planned",
    outcome: null,
    totals: { lines: 0, accepted: 0, unchanged: 0, unmapped: 0, rejected: 0, deferred: 0, superseded: 0 },
    createdAt: noon,
    startedAt: null,
    finishedAt: null,
  };

  it("shows the history", async () => {
    const { status, body } = await read([anExportRow()], "/exports");

    expect(status).toBe(200);
    expect(body).toEqual({ items: [expect.objectContaining(shown)], nextCursor: null });
  });

  it("shows one, without what is between the workers", async () => {
    const lease = { holder: "worker-1", until: minutesAfter(1) };
    const { status, body } = await read([anExportRow({ lease })], "/exports/{exportId}", { path: { exportId } });

    expect(status).toBe(200);
    expect(body).toMatchObject(shown);
    for (const field of [
      "lease",
      "leg",
      "lane",
      "nextChunk",
      "acceptedLine",
      "admittedFor",
      "progressAt",
      "version",
      "pk",
    ]) {
      expect(body).not.toHaveProperty(field);
    }
  });

  it.each([
    ["another partner's", exportId],
    ["an unknown", "20261122T120000000Z-other"],
    ["an empty", ""],
    ["an endless", "x".repeat(129)],
    ["a composed", `${exportId}#1`],
    ["a broken", "a\u0000b"],
  ])("knows nothing of %s id", async (_, id) => {
    const rows = [anExportRow({ partnerId: "org-2002" })];

    expect(await read(rows, "/exports/{exportId}", { path: { exportId: id } })).toEqual(notFound);
    expect(await read(rows, "/exports/{exportId}/lines", { path: { exportId: id } })).toEqual(notFound);
  });

  it("shows the receipts, by outcome where asked", async () => {
    const unmapped = aReceipt({
      customerId: "cust-2",
      outcome: "unmapped",
      reason: "Not mapped.",
      whatToDo: "Map it.",
    });
    const rows = [
      anExportRow({ chunks: 1 }),
      aChunkRow({ content: { state: "done", receipts: [aReceipt(), unmapped] } }),
    ];
    const ask = (query?: Record<string, string>) =>
      read(rows, "/exports/{exportId}/lines", { path: { exportId }, ...(query ? { query } : {}) });
    const shownReceipt = {
      customerId: "cust-1",
      customerName: "Alder & Finch Solicitors",
      serviceId: "svc-dns",
      serviceName: "DNS Security Essentials",
      unitCount: 17,
      previousUnitCount: 15,
      asOf: noon,
      outcome: "accepted",
      reason: null,
      whatToDo: null,
      sentAt: noon,
    };

    expect(await ask()).toEqual(answer({ items: [shownReceipt, unmapped], nextCursor: null }));
    expect(await ask({ outcome: "unmapped" })).toEqual(answer({ items: [unmapped], nextCursor: null }));
    expect(await ask({ outcome: "rejected", colour: "blue" })).toEqual(answer({ items: [], nextCursor: null }));
    expect(await ask({ outcome: "lost" })).toEqual(
      aProblem(
        422,
        "request.invalid",
        "The request needs a correction",
        "Some fields of the request need a correction.",
        { errors: [{ path: "query.outcome", message: expect.any(String) }] },
      ),
    );
  });
});
