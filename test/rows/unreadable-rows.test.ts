import { describe, expect, it } from "vitest";
import { resumeExports } from "#functions/admit-exports/resume-exports";
import { readIntegrationEndpoint } from "#functions/read-integration/endpoint";
import { watchMappings } from "#functions/watch-mappings/watch-mappings";
import { currentAgreement } from "#shared/agreements/agreement";
import { findCoverage } from "#shared/customers/kept-coverage";
import { eventWrite } from "#shared/events/event";
import { findExport } from "#shared/exports/usage-export";
import { noMapping } from "#shared/integrations/integration";
import { scheduledJob } from "#shared/lambda/scheduled-job";
import type { Item } from "#shared/table/table";
import { integrationView } from "#shared/views/integration-view";
import { activeWorld, connectedWorld, send } from "#test/builders/connected-world";
import { aCustomerRow } from "#test/builders/customer";
import { aLambdaContext, anHttpEvent, call } from "#test/builders/http-event";
import { anIntegrationRow } from "#test/builders/integration";
import { aServiceRow } from "#test/builders/service";
import { printedBy } from "#test/builders/stdout";
import { aTableWith, owedTasks } from "#test/builders/table";
import { countingIds, minutesAfter, noon, now } from "#test/builders/time";
import { aUsageRow } from "#test/builders/usage";
import { aChunkRow, aLedgerEntry, aLedgerRow, anExportRow, aReceipt } from "#test/builders/usage-export";
import type { InMemoryTable } from "#test/fakes/in-memory-table";
import type { ServiceWorld } from "#test/fakes/service-world";

const inTime = aLambdaContext({ getRemainingTimeInMillis: () => 60_000 });
const deps = (table: InMemoryTable) => ({ table, now, newId: countingIds(), callsPerSecond: 95 });
const damaged = (row: Item): Item => ({ ...row, partnerId: undefined, state: 7, id: null });
const linesOf = (printed: string) =>
  printed
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("a job that comes upon a row that it cannot read", () => {
  const waiting = { ...noMapping, waitingSince: noon, nextCheckAt: noon };
  it.each<[string, (id: string) => Item, (table: InMemoryTable) => ReturnType<typeof scheduledJob>]>([
    [
      "watch-mappings",
      (id) => anIntegrationRow({ partnerId: id, state: "awaiting-mapping", mapping: waiting }),
      (table) => scheduledJob(watchMappings({ ...deps(table), callsPerSecond: 95 })),
    ],
    [
      "resuming exports",
      (id) => anExportRow({ partnerId: id, queuedAt: minutesAfter(-6) }),
      (table) => scheduledJob(resumeExports({ ...deps(table), random: () => 0.5 })),
    ],
  ])("sees to all others, then alarms with the keys of those: %s", async (_, rowOf, jobOn) => {
    const table = await aTableWith(damaged(rowOf("a")), rowOf("b"), damaged(rowOf("c")), rowOf("d"));

    const printed = await printedBy(() => expect(jobOn(table)({}, inTime)).rejects.toThrow("job failed"));

    expect(owedTasks(table).map((task) => Object(task).partnerId)).toEqual(["b", "d"]);
    const told = linesOf(printed).filter(({ name }) => name === "UnreadableRecord");
    expect(told).toMatchObject([
      { level: "ERROR", pk: "partner#a" },
      { level: "ERROR", pk: "partner#c" },
    ]);
    expect(printed).not.toContain("null");
  });
});

const exportId = "20261122T120000000Z-manual";
const page = async (route: string, { rows, query = {} }: { rows: Item[]; query?: Record<string, string> }) => {
  const table = await aTableWith(...rows);
  const view = integrationView({
    table,
    gradientBaseUrl: "https://gradient.example/api",
    now: () => new Date(),
    obstacleFor: async () => null,
  });
  const endpoint = readIntegrationEndpoint({ table, view, agreement: currentAgreement });
  const event = anHttpEvent({ routeKey: `GET /v1/integrations/gradient${route}`, path: { exportId }, query });
  const answers: Awaited<ReturnType<typeof call>>[] = [];
  const printed = await printedBy(async () => void answers.push(await call(endpoint, event)));
  const { status, body } = answers[0] ?? {};
  return { status, body, printed };
};

describe("a page that comes upon a row that it cannot read", () => {
  const anEvent = (id: string) =>
    eventWrite({
      id,
      partnerId: "org-1001",
      type: "export.started",
      at: noon,
      actor: "service",
      actorName: null,
      address: null,
      details: {},
    }).put;

  const usage = [anIntegrationRow(), aCustomerRow(), aUsageRow()];
  const done = (number: number) => aChunkRow({ number, content: { state: "done", receipts: [aReceipt()] } });
  it.each<[string, string, Item[], Item]>([
    ["the exports", "/exports", [anExportRow()], damaged(anExportRow({ id: "older" }))],
    ["the events", "/events", [anEvent("1")], damaged(anEvent("2"))],
    ["the usage", "/usage", usage, damaged(aCustomerRow({ id: "cust-2" }))],
    ["the usage", "/usage", [...usage, aServiceRow()], { ...aServiceRow({ id: "svc-2" }), gradientServiceId: 3 }],
    [
      "the receipts",
      "/exports/{exportId}/lines",
      [anExportRow({ state: "finished", chunks: 2 }), done(1)],
      { ...done(0), packed: "canary{" },
    ],
  ])("shows the others of %s, and alarms with the key", async (_, route, rows, unreadable) => {
    const { status, body, printed } = await page(route, { rows: [unreadable, ...rows] });

    expect([status, body.items.length]).toEqual([200, 1]);
    const { pk, sk } = unreadable;
    expect(linesOf(printed)).toMatchObject([{ level: "ERROR", pk, sk }]);
    expect(printed).not.toContain("canary");
  });

  const last = { outcome: "unmapped", missing: "account", at: minutesAfter(1) } as const;
  const unmapped = aLedgerEntry({ customerId: "cust-2", last });
  const other = [aCustomerRow({ id: "cust-2" }), aLedgerRow([unmapped])];
  it.each<[string, Item[], Item]>([
    ["a customer", [], damaged(aCustomerRow({ id: "cust-2" }))],
    ["a customer's counts", other, { ...aUsageRow({ customerId: "cust-2" }), counts: "canary" }],
  ])("shows no number of %s that cannot be read, and alarms with the key", async (_, rows, unreadable) => {
    const of = (route: string, query = {}) => page(route, { rows: [...usage, ...rows, unreadable], query });
    const shown = [
      await of("/usage"),
      await of("/mapping/items", { kind: "accounts" }),
      await of("/mapping"),
      await of("/mapping/items", { kind: "services" }),
    ];

    const [lines, accounts, mapping] = shown.map(({ body }) => body);
    expect(lines.items).toMatchObject([{ customerId: "cust-1", unitCount: 17 }]);
    expect(accounts.items).toMatchObject([{ id: "cust-1", unbilledUnits: 17 }]);
    expect(mapping).toMatchObject({ accounts: { total: 1 }, unmapped: { accounts: [{ id: "cust-1" }] } });
    const { pk, sk } = unreadable;
    for (const { status, printed } of shown) {
      expect([status, linesOf(printed)]).toMatchObject([200, [{ level: "ERROR", pk, sk }]]);
      expect(printed).not.toContain("canary");
    }
  });

  it.each<[string, Item]>([
    ["the ledger", { ...aLedgerRow([aLedgerEntry()]), packed: new Uint8Array([7]) }],
    ["the integration", { ...anIntegrationRow(), mapping: "canary" }],
  ])("says so rather than show wrong numbers: %s", async (_, unreadable) => {
    const others = usage.filter(({ sk }) => sk !== unreadable.sk);

    const { status, body, printed } = await page("/usage", { rows: [...others, unreadable] });

    expect([status, body.code]).toEqual([500, "record.unreadable"]);
    expect(linesOf(printed)).toMatchObject([{ level: "ERROR", pk: unreadable.pk, sk: unreadable.sk }]);
    expect(printed).not.toContain("canary");
  });
});

describe("whoever counts or sends", () => {
  const spoil = async (world: ServiceWorld, sk: string, change: object) => {
    const row = (await world.table.get({ pk: "partner#org-1", sk })) as Item;
    await world.table.put({ ...row, ...change });
    return () => world.table.put(row);
  };
  const problemsOf = async (world: ServiceWorld) => (await world.integration()).problems.map(({ code }) => code);

  it.each([
    ["a customer", "customer#b", { name: 7 }],
    ["a customer's counts", "usage#b", { counts: "canary" }],
  ])(
    "sends neither a count nor a zero of %s that cannot be read, and everything of all others",
    async (_, sk, change) => {
      const world = await activeWorld();
      const mend = await spoil(world, sk, change);
      await world.setUsage("a", { dns: 11, sig: 1 });
      const before = world.gradient.countsReceived.length;

      const { totals, outcome } = await send(world);

      const expected = { lines: 6, accepted: 4, deferred: 2 };
      expect({ totals, outcome }).toMatchObject({ outcome: "partial", totals: expected });
      // it waits for a look that can read it, and for no retry
      expect((await world.integration()).wants.retry).toMatchObject({ notBefore: null });
      const sent = world.gradient.countsReceived.slice(before).map(({ accountId }) => accountId);
      expect(new Set(sent)).toEqual(new Set(["a", "c"]));
      expect(await world.counts()).toMatchObject({ "a/dns": 11, "b/dns": 10 });
      expect(await problemsOf(world)).toEqual(["record.unreadable"]);

      // somebody has put it right, and nobody presses anything
      await mend();
      await world.setUsage("b", { dns: 12, sig: 0 });
      await world.pass(24 * 60 * 60_000);
      await world.live(3);
      expect(await problemsOf(world)).toEqual([]);
      expect(await world.counts()).toMatchObject({ "b/dns": 12 });
    },
  );

  it.each([
    ["a customer", "customer#b", { name: 7 }],
    ["a customer's counts", "usage#b", { counts: "canary" }],
  ])(
    "looks at Gradient for all others beside %s that cannot be read, and the page tells of it",
    async (_, sk, change) => {
      const world = await activeWorld();
      await spoil(world, sk, change);
      await world.addCustomer("d");
      const accounts = world.gradient.organizationOf(world.token)?.accounts;

      expect(await world.sync({ partnerId: "org-1", reason: "feed" })).toBe("synced");

      expect([...(accounts?.keys() ?? [])]).toEqual(["a", "b", "c", "d"]);
      expect(accounts?.get("b")).toMatchObject({ isActive: true });
      expect(await problemsOf(world)).toEqual(["record.unreadable"]);
      expect((await world.integration()).looks).toMatchObject({ failures: 0, holder: null });
      expect(await findCoverage(world.table, "org-1")).toMatchObject({ accounts: { total: 3, mapped: 2 } });
    },
  );

  it("does neither without a row of the ledger: nobody knows what Gradient holds. The page tells of it, looks go on", async () => {
    const world = await activeWorld();
    const before = world.gradient.countsReceived.length;
    const row = [...world.table.rows.values()].find(({ sk }) => sk.startsWith("ledger#"));
    const mend = await spoil(world, row?.sk ?? "", { packed: new Uint8Array([7]) });

    expect(await send(world)).toMatchObject({ outcome: "failed", stop: "stalled", totals: { lines: 0 } });
    expect(await world.sync({ partnerId: "org-1", reason: "watch" })).toBe("unreadable");

    expect(world.gradient.countsReceived).toHaveLength(before);
    expect(await problemsOf(world)).toEqual(["record.unreadable"]);
    expect((await world.integration()).looks).toMatchObject({ failures: 1, holder: null, until: null });
    await mend();
    await world.live(3);
    expect(await problemsOf(world)).toEqual([]);
    await world.live(60);
    expect(world.gradient.countsReceived).toHaveLength(before + 6);
  });

  it("needs no reasons to leave a service out: a look goes on beside a row of them that cannot be read", async () => {
    const world = await activeWorld();
    await world.table.put({ pk: "partner#org-1", sk: "left-out-services", partnerId: 7, version: 1 });

    expect(await world.sync({ partnerId: "org-1", reason: "watch" })).toBe("synced");
    expect(await send(world)).toMatchObject({ outcome: "succeeded" });
    expect(await problemsOf(world)).toEqual([]);
  });

  it("leaves the lines of a service that cannot be read to the next run, and sends all others", async () => {
    const world = await connectedWorld();
    world.map(["a", "b", "c"]);
    const row = (await world.table.get({ pk: "catalogue", sk: "service#sig" })) as Item;
    await world.table.put({ ...row, unit: 7 });

    const { id } = await send(world);

    const over = await findExport(world.table, "org-1", id);
    expect(over).toMatchObject({ outcome: "succeeded", totals: { lines: 6, accepted: 3, deferred: 3 } });
  });

  it("brings customers to Gradient beside a service that cannot be read, and sets up no service", async () => {
    const world = await connectedWorld();
    const row = (await world.table.get({ pk: "catalogue", sk: "service#sig" })) as Item;
    await world.table.put({ ...row, unit: 7 });
    await world.addCustomer("d");

    expect(await world.sync({ partnerId: "org-1", reason: "feed" })).toBe("synced");
    await world.addService("vpn");
    await expect(world.catalogue()).rejects.toMatchObject({ facts: { sk: "service#sig" } });

    expect((await world.gradient.readAccounts(world.token)).map(({ id }) => id)).toContain("d");
    expect(world.gradient.services).toHaveLength(2);
  });
});
