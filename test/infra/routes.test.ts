import { describe, expect, it } from "vitest";
import * as z from "zod";
import { underWayMs } from "#shared/calls/under-way";
import { synthesised, targetOf } from "./synthesised.ts";

const stack = synthesised("prod");
const base = "/v1/integrations/gradient";

const routes = {
  "PUT /v1/hub/services/{serviceId}": ["put-service", "feed"],
  "PUT /v1/hub/partners/{partnerId}": ["put-partner", "feed"],
  "POST /v1/hub/partners/{partnerId}/customers": ["record-customers", "feed"],
  "GET /v1/hub/partners/{partnerId}": ["read-partner", "feed"],
  "POST /v1/hub/partners/{partnerId}/customers/removals": ["remove-customer", "feed"],
  "DELETE /v1/hub/partners/{partnerId}/customers/{customerId}": ["remove-customer", "feed"],
  "POST /v1/hub/partners/{partnerId}/usage": ["record-usage", "feed"],
  [`GET ${base}`]: ["read-integration", "people"],
  [`POST ${base}`]: ["start-integration", "people"],
  [`DELETE ${base}`]: ["disconnect-integration", "people"],
  [`PUT ${base}/token`]: ["register-token", "people"],
  [`GET ${base}/agreement`]: ["read-integration", "people"],
  [`POST ${base}/agreement/confirmations`]: ["confirm-agreement", "people"],
  [`POST ${base}/agreement/confirmations/{version}/owner-email`]: ["resend-owner-mail", "people"],
  [`GET ${base}/mapping`]: ["read-integration", "people"],
  [`GET ${base}/mapping/items`]: ["read-integration", "people"],
  [`POST ${base}/mapping/checks`]: ["check-mapping", "people"],
  [`POST ${base}/mapping/exclusions`]: ["leave-out", "people"],
  [`POST ${base}/mapping/inclusions`]: ["leave-out", "people"],
  [`GET ${base}/usage`]: ["read-integration", "people"],
  [`GET ${base}/exports`]: ["read-integration", "people"],
  [`POST ${base}/exports`]: ["start-export", "people"],
  [`GET ${base}/exports/{exportId}`]: ["read-integration", "people"],
  [`DELETE ${base}/exports/{exportId}`]: ["cancel-export", "people"],
  [`GET ${base}/exports/{exportId}/lines`]: ["read-integration", "people"],
  [`PUT ${base}/schedule`]: ["put-schedule", "people"],
  [`PUT ${base}/notifications`]: ["put-notifications", "people"],
  [`GET ${base}/disconnection`]: ["read-integration", "people"],
  [`GET ${base}/events`]: ["read-integration", "people"],
  "POST /v1/webhooks/gradient/mapping-completed": ["receive-mapping-webhook", "anyone"],
};

const handlerOf = (target: unknown): string => {
  const parts = z.object({ "Fn::Join": z.tuple([z.string(), z.tuple([z.string(), z.unknown()])]) }).parse(target);
  const integrationId = targetOf(parts["Fn::Join"][1][1]);
  const integration = stack.all.find(({ id }) => id === integrationId);
  const functionId = targetOf(integration?.Properties.IntegrationUri);
  const found = [...stack.functions()].find(([, { id }]) => id === functionId);
  return found?.[0] ?? "nobody";
};

const callersOf = ({ AuthorizationType, AuthorizationScopes }: Record<string, unknown>): string => {
  if (AuthorizationType === "NONE") return "anyone";
  if (AuthorizationType !== "JWT") return `unknown: ${AuthorizationType}`;
  return JSON.stringify(AuthorizationScopes ?? []) === '["hub.feed"]' ? "feed" : "people";
};

describe("the HTTP API", () => {
  it("has these routes, each with its one function and its callers", () => {
    const found = stack
      .ofType("AWS::ApiGatewayV2::Route")
      .map(({ Properties }) => [Properties.RouteKey, [handlerOf(Properties.Target), callersOf(Properties)]]);

    expect(Object.fromEntries(found)).toEqual(routes);
  });

  it.each([...new Set(Object.values(routes).map(([folder = ""]) => folder))])(
    "takes a call of %s for dead only when its function is",
    (folder) => {
      const timeoutSeconds = z.int().parse(stack.functions().get(folder)?.Properties.Timeout);

      expect(underWayMs).toBeGreaterThan(timeoutSeconds * 1000);
    },
  );

  it("asks the hub's own issuer who calls", () => {
    expect(stack.ofType("AWS::ApiGatewayV2::Authorizer").map(({ Properties }) => Properties)).toMatchObject([
      {
        AuthorizerType: "JWT",
        IdentitySource: ["$request.header.Authorization"],
        JwtConfiguration: { Audience: [{ Ref: "JwtAudience" }], Issuer: { Ref: "JwtIssuer" } },
      },
    ]);
  });

  it("answers the hub's own pages and no others", () => {
    expect(stack.ofType("AWS::ApiGatewayV2::Api")[0]?.Properties.CorsConfiguration).toMatchObject({
      AllowOrigins: { Ref: "HubOrigins" },
      AllowHeaders: ["authorization", "content-type", "idempotency-key", "if-none-match"],
      ExposeHeaders: ["etag", "retry-after", "link", "idempotency-replayed", "content-disposition"],
    });
  });

  it("is throttled, and logs neither query strings nor addresses, paths or tokens", () => {
    const settings = stack.ofType("AWS::ApiGatewayV2::Stage")[0]?.Properties;
    const { Format } = z.object({ Format: z.string() }).parse(settings?.AccessLogSettings);

    expect(settings?.DefaultRouteSettings).toEqual({ ThrottlingBurstLimit: 400, ThrottlingRateLimit: 200 });
    expect([...Format.matchAll(/\$context\.([\w.]+)/g)].map(([, name]) => name)).toEqual([
      "requestId",
      "routeKey",
      "status",
      "responseLatency",
      "authorizer.claims.org_id",
      "authorizer.error",
      "integrationErrorMessage",
    ]);
  });
});
