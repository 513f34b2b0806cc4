import { describe, expect, it } from "vitest";
import { readIntegrationEndpoint } from "#functions/read-integration/endpoint";
import { currentAgreement } from "#shared/agreements/agreement";
import { eventWrite } from "#shared/events/event";
import { ownerMailWrite, queuedMail } from "#shared/mail/owner-mail";
import { integrationView } from "#shared/views/integration-view";
import { aCustomerRow } from "#test/builders/customer";
import { anHttpEvent, aProblem, call, type HttpCall, jsonHeaders } from "#test/builders/http-event";
import { anIntegration, anIntegrationRow } from "#test/builders/integration";
import { aServiceRow } from "#test/builders/service";
import { printedBy } from "#test/builders/stdout";
import { aTableWith } from "#test/builders/table";
import { minutesAfter, noon, now } from "#test/builders/time";
import { aUsageRow } from "#test/builders/usage";
import { aChunkRow, aLedgerEntry, aLedgerRow, anExportRow, aReceipt } from "#test/builders/usage-export";

const base = "GET /v1/integrations/gradient";
const exportId = "20261122T120000000Z-manual";
const agreement = {
  version: "2026-11-01",
  title: "Sharing usage",
  markdown: "# Sharing usage",
  sha256: "b".repeat(64),
};
const inForce = { ...agreement, effectiveAt: noon, graceDays: 30 };

const anEndpoint = async (...rows: Parameters<typeof aTableWith>) => {
  const table = await aTableWith(...rows);
  const view = integrationView({
    table,
    gradientBaseUrl: "https://gradient.example/api",
    now,
    obstacleFor: async () => null,
  });
  return { table, endpoint: readIntegrationEndpoint({ table, view, agreement: inForce }) };
};
const read = async (rows: Parameters<typeof aTableWith>, route: string, more: Partial<HttpCall> = {}) => {
  const { endpoint } = await anEndpoint(...rows);
  return call(endpoint, anHttpEvent({ routeKey: `${base}${route}`, ...more }));
};
const answer = (body: unknown) => ({ status: 200, headers: jsonHeaders, body });
const notFound = aProblem(404, "export.not-found", "Not found", "There is no such export.");

const links = {
  application: "https://gradient.example/",
};

describe("GET /", () => {
  const tags = { "content-type": "application/json", "cache-control": "private, no-cache" };

  it("shows an integration that has not been started", async () => {
    expect(await read([], "")).toEqual({
      status: 200,
      headers: { ...tags, etag: expect.stringMatching(/^"[\w-]{22}"$/) },
      body: {
        partnerId: "org-1001",
        state: "not-started",
        step: 1,
        nextEnabled: false,
        token: null,
        gradient: { organizationName: null, status: null, lastSyncedAt: null, links },
        agreement: null,
        mapping: null,
        exports: { last: null, nextRunAt: null, runningId: null, waiting: null },
        schedule: null,
        notifications: { recipients: [], onSuccess: false },
        disconnecting: null,
        problems: [],
      },
    });
  });

  it("shows one that is active", async () => {
    const { body } = await read([anIntegrationRow()], "");

    expect(body).toEqual({
      partnerId: "org-1001",
      state: "active",
      step: 3,
      nextEnabled: true,
      token: {
        status: "valid",
        lastFour: "9f3c",
        fingerprint: "0123456789ab",
        registeredAt: minutesAfter(-110),
        registeredBy: "person-1",
        checkedAt: minutesAfter(-110),
      },
      gradient: { organizationName: "Example MSP", status: "active", lastSyncedAt: null, links },
      agreement: {
        version: currentAgreement.version,
        sha256: "a".repeat(64),
        confirmedAt: minutesAfter(-100),
        confirmedBy: "person-1",
        ownerEmail: null,
      },
      mapping: {
        status: "complete",
        completedAt: minutesAfter(-60),
        lastCheckedAt: null,
        accounts: { total: 0, mapped: 0 },
        services: { total: 0, mapped: 0 },
      },
      exports: { last: null, nextRunAt: minutesAfter(13 * 60), runningId: null, waiting: null },
      schedule: { frequency: "daily", hour: 2, timeZone: "Europe/Prague", pausedUntil: null },
      notifications: { recipients: [], onSuccess: false },
      disconnecting: null,
      problems: [],
    });
  });

  it("answers nothing but a tag to whoever has this state", async () => {
    const { endpoint, table } = await anEndpoint(anIntegrationRow());
    const ask = (tag?: string) =>
      call(endpoint, anHttpEvent({ routeKey: base, ...(tag ? { headers: { "If-None-Match": tag } } : {}) }));
    const etag = String((await ask()).headers?.etag);

    const { "content-type": _, ...ofNoBody } = tags;
    expect(await ask(etag)).toEqual({ status: 304, headers: { ...ofNoBody, etag }, body: undefined });
    expect(await ask(`"other", W/${etag}`)).toMatchObject({ status: 304 });
    expect(await ask("*")).toMatchObject({ status: 304 });
    await table.put(anIntegrationRow({ state: "suspended" }));
    expect(await ask(etag)).toMatchObject({ status: 200, body: { state: "suspended" } });
  });
});

describe("GET /agreement", () => {
  it("answers with the text before anybody has confirmed it", async () => {
    expect(await read([], "/agreement")).toEqual(answer({ ...agreement, confirmation: null }));
  });

  it("answers with the confirmation, and how far the owner's e-mail got", async () => {
    const queued = queuedMail({
      partnerId: "org-1001",
      id: "agreement-2026-11-01-1",
      facts: { kind: "token-rejected", rejectedAt: noon },
      at: minutesAfter(-99),
    });
    const mail = ownerMailWrite({ ...queued, status: "bounced", detail: "soft" });

    expect(await read([anIntegrationRow(), ...("put" in mail ? [mail.put] : [])], "/agreement")).toEqual(
      answer({
        ...agreement,
        confirmation: {
          version: currentAgreement.version,
          sha256: "a".repeat(64),
          confirmedAt: minutesAfter(-100),
          confirmedBy: "person-1",
          ownerEmail: { status: "bounced", at: minutesAfter(-99), detail: "soft" },
        },
      }),
    );
  });
});

it("counts as mapped the services that runs have shown to be since the last look", async () => {
  const counted = {
    accounts: { total: 3, mapped: 3, unknown: 0 },
    services: { total: 4, mapped: 0, unknown: 4 },
  };
  const mapping = { ...anIntegration().mapping, ...counted, mappedServiceIds: ["svc-dns", "svc-edr"] };

  expect(await read([anIntegrationRow({ mapping })], "")).toMatchObject({
    body: { mapping: { services: { total: 4, mapped: 2 } } },
  });
  // its last zero was accepted, but it is none of the four
  expect(await read([anIntegrationRow({ mapping, leftOutServiceIds: ["svc-edr"] })], "")).toMatchObject({
    body: { mapping: { services: { total: 4, mapped: 1 } } },
  });
});

it("GET /mapping shows the gaps", async () => {
  const neverLookedAt = { unbilledUnits: 17, wasMappedAt: null, isKnown: false };
  expect(await read([anIntegrationRow(), aCustomerRow(), aServiceRow(), aUsageRow()], "/mapping")).toEqual(
    answer({
      status: "complete",
      waitingSince: minutesAfter(-100),
      completedAt: minutesAfter(-60),
      lastCheckedAt: null,
      countedAt: null,
      lastChanges: null,
      accounts: { total: 1, mapped: 0, unknown: 1 },
      services: { total: 1, mapped: 0, unknown: 1 },
      unbilledUnits: 0,
      leftOut: { accounts: 0, services: 0, trial: 0, notProvisioned: 0 },
      lookAlikes: [],
      more: { lookAlikes: 0, accounts: 0, services: 0 },
      unmapped: {
        accounts: [{ id: "cust-1", name: "Alder & Finch Solicitors", ...neverLookedAt }],
        services: [{ id: "svc-dns", name: "DNS Security Essentials", ...neverLookedAt }],
      },
    }),
  );
});

it("GET /usage shows the lines", async () => {
  const rows = [anIntegrationRow(), aCustomerRow(), aServiceRow(), aUsageRow(), aLedgerRow([aLedgerEntry()])];

  expect(await read(rows, "/usage")).toEqual(
    answer({
      items: [
        {
          customerId: "cust-1",
          customerName: "Alder & Finch Solicitors",
          serviceId: "svc-dns",
          serviceName: "DNS Security Essentials",
          unitCount: 17,
          asOf: noon,
          lastAccepted: { unitCount: 15, at: noon },
          lastOutcome: "accepted",
        },
      ],
      nextCursor: null,
    }),
  );
});

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

describe("GET /events", () => {
  const anEvent = (id: string, at: string, partnerId = "org-1001") => {
    const by = { actor: "person-1", actorName: "Dana Reyes", role: "owner", address: "198.51.100.7" };
    const write = eventWrite({ id, partnerId, type: "export.started", at, details: { exportId: "1" }, ...by });
    if (!("put" in write)) throw new Error("An event is written with a put.");
    return write.put;
  };

  it("shows the newest first", async () => {
    const rows = [anEvent("1", minutesAfter(-1)), anEvent("2", noon), anEvent("3", noon, "org-2002")];

    const shown = (id: string, at: string) => ({
      id,
      type: "export.started",
      at,
      actor: "person-1",
      actorName: "Dana Reyes",
      role: "owner",
      address: "198.51.100.7",
      details: { exportId: "1" },
    });
    expect(await read(rows, "/events")).toEqual(
      answer({ items: [shown("2", noon), shown("1", minutesAfter(-1))], nextCursor: null }),
    );
  });

  it("goes on where the cursor says", async () => {
    const rows = Array.from({ length: 450 }, (_, index) => anEvent(String(index), minutesAfter(index)));
    const { endpoint } = await anEndpoint(...rows);
    const ids: string[] = [];
    const sizes: number[] = [];

    for (let query: Record<string, string> | undefined = {}; query; ) {
      const { body } = await call(endpoint, anHttpEvent({ routeKey: `${base}/events`, query }));
      sizes.push(body.items.length);
      ids.push(...body.items.map(({ id }: { id: string }) => id));
      query = body.nextCursor === null ? undefined : { cursor: body.nextCursor };
    }

    expect(sizes).toEqual([200, 200, 50]);
    expect(ids).toEqual(Array.from({ length: 450 }, (_, index) => String(449 - index)));
  });
});

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
      ["accounts", "services"].map((kind) => read(rows, "/mapping/items", { ...csv, query: { kind } })),
    );

    expect(names.map(({ headers }) => headers?.["content-disposition"])).toEqual([
      'attachment; filename="mapping-accounts-org-1001-2026-11-22.csv"',
      'attachment; filename="mapping-services-org-1001-2026-11-22.csv"',
    ]);
  });

  it("is not had of what is no list", async () => {
    expect((await read([], "", csv)).headers).toMatchObject({ "content-type": "application/json" });
  });
});
