import { currentAgreement } from "#shared/agreements/agreement";
import type { HttpCall } from "#test/builders/http-event";

const { version, sha256 } = currentAgreement;
const base = "/v1/integrations/gradient";
const feed = "/v1/hub";
const partner = `${feed}/partners/{partnerId}`;

/** A request that each route would take, for the partner `org-1` with the customer `a` and the service `dns`. */
export const goodCalls: Record<string, Omit<HttpCall, "routeKey">> = {
  [`PUT ${feed}/services/{serviceId}`]: {
    path: { serviceId: "mail" },
    body: { name: "Mail", description: "Mail", category: "security", subcategory: "email security", unit: "seats" },
  },
  [`PUT ${partner}`]: {
    path: { partnerId: "org-1" },
    body: { name: "Example MSP", owner: { name: "Olga Owner", email: "olga@example.com" }, timeZone: "UTC" },
  },
  [`POST ${partner}/customers`]: {
    path: { partnerId: "org-1" },
    body: { customers: [{ id: "b", name: "Customer b", billing: "billed" }] },
  },
  [`GET ${partner}`]: { path: { partnerId: "org-1" } },
  [`POST ${partner}/customers/removals`]: { path: { partnerId: "org-1" }, body: { customerIds: ["a"] } },
  [`DELETE ${partner}/customers/{customerId}`]: { path: { partnerId: "org-1", customerId: "a" } },
  [`POST ${partner}/usage`]: {
    path: { partnerId: "org-1" },
    body: {
      measurements: [{ customerId: "a", serviceId: "dns", unitCount: 7, measuredAt: "2026-11-22T10:00:00Z" }],
    },
  },
  [`GET ${base}`]: {},
  [`POST ${base}`]: {},
  [`DELETE ${base}`]: {},
  [`PUT ${base}/token`]: { body: { partnerToken: "another-partner-token-0002" } },
  [`GET ${base}/agreement`]: {},
  [`GET ${base}/disconnection`]: {},
  [`POST ${base}/agreement/confirmations`]: { body: { version, sha256 } },
  [`POST ${base}/agreement/confirmations/{version}/owner-email`]: { path: { version } },
  [`GET ${base}/mapping`]: {},
  [`POST ${base}/mapping/checks`]: {},
  [`POST ${base}/mapping/exclusions`]: {
    body: { kind: "accounts", ids: ["a"], reason: "Has a contract of its own" },
  },
  [`POST ${base}/mapping/inclusions`]: { body: { kind: "accounts", ids: ["a"] } },
  [`GET ${base}/mapping/items`]: { query: { kind: "accounts" } },
  [`GET ${base}/usage`]: {},
  [`GET ${base}/exports`]: {},
  [`POST ${base}/exports`]: { body: { mode: "full" } },
  [`GET ${base}/exports/{exportId}`]: { path: { exportId: "some-export" } },
  [`DELETE ${base}/exports/{exportId}`]: { path: { exportId: "some-export" } },
  [`GET ${base}/exports/{exportId}/lines`]: { path: { exportId: "some-export" } },
  [`PUT ${base}/notifications`]: { body: { recipients: ["billing@example.com"], onSuccess: true } },
  [`PUT ${base}/schedule`]: { body: { frequency: "daily", hour: 3, timeZone: "Europe/Prague" } },
  [`GET ${base}/events`]: {},
  "POST /v1/webhooks/gradient/mapping-completed": { body: {} },
};
