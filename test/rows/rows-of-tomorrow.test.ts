import { describe, expect, it } from "vitest";
import { readIntegrationEndpoint } from "#functions/read-integration/endpoint";
import { relayRow } from "#functions/relay-outbox/relay-outbox";
import { startExport } from "#functions/start-export/start-export";
import { currentAgreement } from "#shared/agreements/agreement";
import { claimant } from "#shared/integrations/token-claim";
import { findOwnerMail } from "#shared/mail/owner-mail";
import { outboxRow } from "#shared/outbox/outbox";
import { tableSlots } from "#shared/pace/table-slots";
import { findPartner } from "#shared/partners/partner";
import { findService } from "#shared/services/hub-service";
import { readRow } from "#shared/stored";
import { pack, unpack } from "#shared/table/packed";
import type { Item } from "#shared/table/table";
import { integrationView } from "#shared/views/integration-view";
import { anHttpEvent, call } from "#test/builders/http-event";
import { aTableWith } from "#test/builders/table";
import { countingIds } from "#test/builders/time";
import { callsPerSecond } from "#test/fakes/rate";
import { virtualClock } from "#test/fakes/virtual-clock";
import { readRowFile } from "./row-file.ts";

const { rows } = readRowFile(new URL("../fixtures/rows/2026-11.json", import.meta.url));
const more = { addedLater: { deep: ["x"] } };
const row = (kind: string, change: object = {}): Item => ({ ...(rows[kind] as Item), ...more, ...change });
const its = <T>(kind: string, field: string) => (rows[kind] as Item)[field] as T;
const repacked = <T>(kind: string, change: (content: T) => unknown) =>
  pack(change(unpack((rows[kind] as Item).packed) as T));

/**
 * Rows as a later version may write them: further fields everywhere, and a word that nobody knows today in every list
 * of words.
 */
const tomorrow: Record<string, Item> = {
  catalogue: row("catalogue", { category: "observability", subcategory: "digital twins" }),
  profile: row("profile", {
    timeZone: "Mars/Olympus_Mons",
    owner: { ...its<object>("profile", "owner"), phone: "+420 1" },
  }),
  integration: row("integration", {
    token: { ...its<object>("integration", "token"), ...more, status: "expiring" },
    gradient: { ...its<object>("integration", "gradient"), ...more, status: "archived" },
    agreement: { ...its<object>("integration", "agreement"), ...more },
    mapping: { ...its<object>("integration", "mapping"), ...more },
    schedule: { ...more, frequency: "fortnightly", hour: 4, timeZone: "Mars/Olympus_Mons" },
    lastExport: { ...its<object>("integration", "lastExport"), ...more, outcome: "overtaken" },
    problems: [{ code: "quota.reached", since: "2026-11-22T10:00:00.000Z", ...more }],
  }),
  customer: row("customer", { billing: "prepaid" }),
  usage: row("usage", { counts: { dns: { unitCount: 5, measuredAt: "2026-11-22T10:00:00.000Z", ...more } } }),
  event: row("event", { type: "invoice.sent", actor: "billing", details: { total: { currency: "EUR" } } }),
  "mail agreement-confirmed": row("mail agreement-confirmed", {
    facts: { kind: "invoice", total: 3 },
    status: "opened",
  }),
  export: row("export", {
    trigger: "webhook",
    mode: "preview",
    lane: "overnight",
    state: "archived",
    outcome: "overtaken",
    stop: "paused",
    totals: { lines: 6, accepted: 4, unmapped: 1, duplicate: 1 },
  }),
  "chunk done": row("chunk done", {
    packed: repacked<{ receipts: object[] }>("chunk done", ({ receipts: [first, ...others] }) => ({
      state: "done",
      ...more,
      receipts: [{ ...first, ...more, outcome: "duplicate" }, ...others],
    })),
  }),
  ledger: row("ledger", {
    packed: repacked<{ last: object }[]>("ledger", (entries) =>
      entries.map((entry) => ({ ...entry, ...more, last: { ...entry.last, ...more, outcome: "duplicate" } })),
    ),
  }),
  token: row("token"),
  "gradient-organization": row("gradient-organization"),
  limiter: row("limiter"),
};

const anApi = async () => {
  const table = await aTableWith(...Object.values(tomorrow));
  const view = integrationView({
    table,
    gradientBaseUrl: "https://gradient.example/api",
    // as the rows are of that time
    now: () => new Date("2026-11-22T12:00:00Z"),
    obstacleFor: async () => null,
  });
  const endpoint = readIntegrationEndpoint({ table, view, agreement: currentAgreement });
  const get = async (route: string, path: Record<string, string> = {}) => {
    const event = anHttpEvent({
      routeKey: `GET /v1/integrations/gradient${route}`,
      path,
      person: { org_id: "org-1" },
    });
    const { status, body } = await call(endpoint, event);
    return { status, body };
  };
  return { table, get };
};

describe("what a later version has stored is shown as it is:", () => {
  it("the integration", async () => {
    const { get } = await anApi();

    expect(await get("")).toMatchObject({
      status: 200,
      body: {
        state: "active",
        token: { status: "expiring" },
        gradient: { status: "archived" },
        agreement: { ownerEmail: { status: "opened" } },
        schedule: { frequency: "fortnightly", hour: 4, timeZone: "Mars/Olympus_Mons" },
        exports: { last: { outcome: "overtaken" } },
        problems: [{ code: "quota.reached", whatToDo: "Ask support, and name this problem's code." }],
      },
    });
  });

  it("a state of the integration, in which nothing is begun", async () => {
    const { get, table } = await anApi();
    await table.put(row("integration", { state: "on-hold" }));
    const deps = { table, now: () => new Date(), newId: countingIds(), random: () => 0.5 };
    const by = { actor: "user-1", actorName: null, address: null };

    expect(await get("")).toMatchObject({ status: 200, body: { state: "on-hold", nextEnabled: false } });
    await expect(startExport(deps)({ partnerId: "org-1", by, mode: "full" })).rejects.toMatchObject({
      code: "integration.wrong-step",
      extra: { state: "on-hold" },
      message: "Not in the present state.",
    });
  });

  it("an export", async () => {
    const { get } = await anApi();

    const shown = {
      trigger: "webhook",
      mode: "preview",
      state: "archived",
      outcome: "overtaken",
      stoppedBy: "paused",
      settled: 6,
      totals: { lines: 6, accepted: 4, unmapped: 1, duplicate: 1, rejected: 0 },
    };
    expect(await get("/exports")).toMatchObject({ status: 200, body: { items: [shown] } });
    expect(await get("/exports/{exportId}", { exportId: "run-2" })).toMatchObject({ status: 200, body: shown });
  });

  it("a receipt", async () => {
    const { get } = await anApi();

    const { status, body } = await get("/exports/{exportId}/lines", { exportId: "run-2" });

    expect([status, body.items.length, body.items[0].outcome]).toEqual([200, 6, "duplicate"]);
  });

  it("an event", async () => {
    const { get } = await anApi();

    const event = { type: "invoice.sent", actor: "billing", details: { total: { currency: "EUR" } } };
    expect(await get("/events")).toMatchObject({ status: 200, body: { items: [event] } });
  });

  it("mapping and usage, without lines for a customer whose billing nobody knows", async () => {
    const { get, table } = await anApi();

    expect(await get("/mapping")).toMatchObject({ status: 200, body: { unmapped: { accounts: [] } } });
    expect(await get("/usage")).toMatchObject({ status: 200, body: { items: [] } });

    await table.put(row("customer"));
    const { body } = await get("/usage");
    expect(body.items[0]).toMatchObject({ unitCount: 5, lastOutcome: "duplicate" });
  });
});

describe("what a later version has stored is read by the service itself:", () => {
  it("a partner and a service", async () => {
    const { table } = await anApi();

    expect(await findPartner(table, "org-1")).toMatchObject({ timeZone: "Mars/Olympus_Mons" });
    expect(await findService(table, "sig")).toMatchObject({ category: "observability", subcategory: "digital twins" });
  });

  it("a mail of another kind, whose facts it keeps", async () => {
    const { table } = await anApi();
    const id = its<string>("mail agreement-confirmed", "id");

    expect(await findOwnerMail(table, "org-1", id)).toMatchObject({ facts: { kind: "invoice", total: 3 } });
  });

  it("a claim, and the pace", async () => {
    const { table } = await anApi();

    expect(await claimant(table, tomorrow.token as Item)).toBe("org-1");
    const slots = tableSlots(
      table,
      "vendor",
      virtualClock(Number((tomorrow.limiter as Item).next) - 100),
      callsPerSecond,
    ).for({
      class: "scheduled",
      taker: "worker",
    });
    expect(await slots.reserve(1)).toMatchObject({ count: 1 });
  });

  it("an owed task, which reaches its worker with every field", async () => {
    const task = { ...its<object>("outbox export-usage", "task"), ...more, lane: "overnight" };
    const owed = row("outbox export-usage", { task });
    const table = await aTableWith(owed);
    const sent: unknown[] = [];

    await relayRow({ table, queues: { send: async (its_) => void sent.push(its_) } })(readRow(outboxRow, owed));

    expect(sent).toEqual([{ ...task, lane: "scheduled" }]);
  });
});
