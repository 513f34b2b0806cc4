import { readIntegrationEndpoint } from "#functions/read-integration/endpoint";
import { integrationView } from "#shared/views/integration-view";
import { anHttpEvent, call, type HttpCall, jsonHeaders } from "#test/builders/http-event";
import { aTableWith } from "#test/builders/table";
import { noon, now } from "#test/builders/time";

export const base = "GET /v1/integrations/gradient";
export const exportId = "20261122T120000000Z-manual";
export const agreement = {
  version: "2026-11-01",
  title: "Sharing usage",
  markdown: "# Sharing usage",
  sha256: "b".repeat(64),
};
const inForce = { ...agreement, effectiveAt: noon, graceDays: 30 };

/** Over a table with these rows, and this agreement in force. */
export const anEndpoint = async (...rows: Parameters<typeof aTableWith>) => {
  const table = await aTableWith(...rows);
  const view = integrationView({
    table,
    gradientBaseUrl: "https://gradient.example/api",
    now,
    obstacleFor: async () => null,
  });
  return { table, endpoint: readIntegrationEndpoint({ table, view, agreement: inForce }) };
};
/** What the route answers with these rows. */
export const read = async (rows: Parameters<typeof aTableWith>, route: string, more: Partial<HttpCall> = {}) => {
  const { endpoint } = await anEndpoint(...rows);
  return call(endpoint, anHttpEvent({ routeKey: `${base}${route}`, ...more }));
};
export const answer = (body: unknown) => ({ status: 200, headers: jsonHeaders, body });
