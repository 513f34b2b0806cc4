import { expect, it } from "vitest";
import { readIntegrationEndpoint } from "#functions/read-integration/endpoint";
import { currentAgreement } from "#shared/agreements/agreement";
import { integrationView } from "#shared/views/integration-view";
import { aCustomerRow } from "#test/builders/customer";
import { aLambdaContext, anHttpEvent } from "#test/builders/http-event";
import { anIntegrationRow } from "#test/builders/integration";
import { aServiceRow } from "#test/builders/service";
import { now } from "#test/builders/time";
import { aUsageRow } from "#test/builders/usage";
import { inMemoryTable } from "#test/fakes/in-memory-table";

// what Lambda answers at most: the answer with its body as a text in it, where each quote has a mark before it
const maxAnswer = 6 * 1024 * 1024;
const customers = 3_600;

it.each(['"', "漢"])("fits into what Lambda answers where all names are made of %s", async (character) => {
  const name = character.repeat(512 / character.length);
  const ids = Array.from({ length: customers }, (_, index) => `cust-${index}`);
  const table = inMemoryTable([
    anIntegrationRow(),
    aServiceRow(),
    ...ids.flatMap((id) => [aCustomerRow({ id, name }), aUsageRow({ customerId: id })]),
  ]);
  const view = integrationView({ table, gradientBaseUrl: "https://g.example/api", now, obstacleFor: async () => null });
  const read = readIntegrationEndpoint({ table, view, agreement: currentAgreement });

  for (const [route, query] of [
    ["usage", {}],
    ["mapping/items", { kind: "accounts" }],
  ] as const) {
    const routeKey = `GET /v1/integrations/gradient/${route}`;
    const answer = await read(anHttpEvent({ routeKey, query, headers: { accept: "text/csv" } }), aLambdaContext());
    expect(answer.statusCode).toBe(200);
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(maxAnswer);
    expect(Buffer.byteLength(answer.body ?? "")).toBeLessThan(5_000_000);
  }
});
