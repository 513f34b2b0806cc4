import { describe, expect, it } from "vitest";
import { checkMapping } from "#functions/check-mapping/check-mapping";
import { readIntegrationEndpoint } from "#functions/read-integration/endpoint";
import { currentAgreement } from "#shared/agreements/agreement";
import { obstacles } from "#shared/breakers/state/obstacle";
import type { Item } from "#shared/table/table";
import { integrationView } from "#shared/views/integration-view";
import { aCustomerRow } from "#test/builders/customer";
import { anHttpEvent, call } from "#test/builders/http-event";
import { anIntegration, anIntegrationRow } from "#test/builders/integration";
import { aServiceRow } from "#test/builders/service";
import { printedBy } from "#test/builders/stdout";
import { aTableWith } from "#test/builders/table";
import { countingIds, noon, now } from "#test/builders/time";
import { aUsageRow } from "#test/builders/usage";

const partnerId = "org-1001";
const by = { actor: "user-1", actorName: null, address: null };
const unreadable = (pk: string, sk: string): Item => ({ pk, sk, version: 1, canary: true });
const ofPartner = (sk: string): Item => unreadable(`partner#${partnerId}`, sk);

const linesOf = (printed: string) =>
  printed
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

const mailId = "agreement-2026-11-01-1";
const confirmed = { version: "2026-11-01", sha256: "b".repeat(64), confirmedAt: noon, confirmedBy: "user-1", mailId };

const page = async (route: string, { rows, query = {} }: { rows: Item[]; query?: Record<string, string> }) => {
  const table = await aTableWith(...rows);
  const view = integrationView({
    table,
    gradientBaseUrl: "https://gradient.example/api",
    now,
    obstacleFor: obstacles(table),
  });
  const endpoint = readIntegrationEndpoint({ table, view, agreement: currentAgreement });
  const event = anHttpEvent({ routeKey: `GET /v1/integrations/gradient${route}`, query });
  const answers: Awaited<ReturnType<typeof call>>[] = [];
  const printed = await printedBy(async () => void answers.push(await call(endpoint, event)));
  const { status, body } = answers[0] ?? {};
  return { status, body, told: linesOf(printed), printed };
};

describe("a page beside a row that cannot be read and only adds to it", () => {
  it.each<[string, Item]>([
    ["of what holds everybody's calls", unreadable("breaker#vendor", "breaker")],
    ["of what holds the partner's calls", unreadable(`breaker#partner#${partnerId}`, "breaker")],
  ])("is shown without what it says, and alarms with the key: %s", async (_, row) => {
    const { status, body, told, printed } = await page("", { rows: [anIntegrationRow(), row] });

    expect([status, body.state]).toEqual([200, "active"]);
    expect(told).toMatchObject([{ level: "ERROR", pk: row.pk, sk: row.sk }]);
    expect(printed).not.toContain("canary");
  });

  it.each([
    ["", (body: { agreement: object }) => body.agreement],
    ["/agreement", (body: { confirmation: object }) => body.confirmation],
  ])("does not know how the owner's mail fares, and alarms with the key: GET %s", async (route, of) => {
    const row = ofPartner(`mail#${mailId}`);
    const { status, body, told } = await page(route, { rows: [anIntegrationRow({ agreement: confirmed }), row] });

    expect(status).toBe(200);
    expect(of(body)).toMatchObject({ version: "2026-11-01", ownerEmail: null });
    expect(told).toMatchObject([{ level: "ERROR", pk: row.pk, sk: row.sk }]);
  });

  const kept = anIntegration().mapping;
  it.each<[string, string, Item, object]>([
    ["what looks alike", "/mapping", ofPartner("look-alikes"), { lookAlikes: [], accounts: { total: 1 } }],
    [
      "what the last look has counted, and counts itself",
      "/mapping",
      { ...ofPartner("coverage"), unbilledUnits: 3 },
      { accounts: { total: 1 }, countedAt: null },
    ],
    [
      "why services are left out",
      "/mapping/items",
      ofPartner("left-out-services"),
      { items: [{ id: "svc-dns", status: "left-out", leftOut: { reason: "chosen", note: null, by: null, at: null } }] },
    ],
  ])("is shown without %s, and alarms with the key", async (_, route, row, expected) => {
    const mapping = { ...kept, isCoverageKept: true };
    const integration = anIntegrationRow({ mapping, leftOutServiceIds: ["svc-dns"] });
    const rows = [integration, aServiceRow(), aCustomerRow(), aUsageRow(), row];
    const { status, body, told } = await page(route, { rows, query: { kind: "services" } });

    expect([status, body]).toMatchObject([200, expected]);
    expect(told).toMatchObject([{ level: "ERROR", pk: row.pk, sk: row.sk }]);
  });

  it("has the mapping checked on a press, as where nothing holds the calls", async () => {
    const table = await aTableWith(anIntegrationRow(), unreadable("breaker#vendor", "breaker"));
    const check = checkMapping({ table, now, newId: countingIds() });

    await printedBy(async () => expect(await check({ partnerId, by })).toMatchObject({ heldUntil: null }));
  });
});
