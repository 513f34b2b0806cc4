import * as z from "zod";
import { idempotencyKeyShape } from "#shared/lambda/http/idempotency-key";
import type { Callers } from "#shared/lambda/http/route";
import { jsonSchemas } from "./json-schemas.ts";
import { documentsOf } from "./problem-documents.ts";
import { type Described, gatewayStatuses, problemsOf } from "./problems.ts";

type Json = Record<string, unknown>;

const gatewayMessage = z
  .object({ message: z.string() })
  .meta({ id: "GatewayMessage", examples: [{ message: "Unauthorized" }], description: "API Gateway's own answer" });

const idempotencyKey = {
  name: "idempotency-key",
  in: "header",
  required: false,
  description: "A repeat with the same key within 24 hours is answered as the first was, with `idempotency-replayed`",
  schema: { type: "string", pattern: idempotencyKeyShape.source },
};

const tags = {
  Integration: "From nothing to a connected partner",
  Mapping: "What the partner maps in Gradient",
  Exports: "What is sent, and what became of it",
  Feed: "What the hub's back office tells",
  Webhook: "What Gradient tells",
};

const securityOf = (callers: Callers): Json[] => {
  if (callers === "signed") return [{ webhookSignature: [] }];
  return [callers === "feed" ? { hubFeed: [] } : { hubPerson: [] }];
};

const rolesOf = (callers: Callers): string[] =>
  typeof callers === "string" ? [] : [`Roles: ${callers.map((role) => `\`${role}\``).join(", ")}.`];

const judgedAlone =
  "What a record has to be. Each is judged by itself: one that is otherwise is named in `rejected`, and keeps no other out. A batch that has one is not to be held back.";

/** Sets a batch's `items` to what its records look like. */
const withItems = (schema: Json, items: Record<string, unknown>): Json => {
  const { properties } = z.looseObject({ properties: z.record(z.string(), z.looseObject({})) }).parse(schema);
  const described = Object.entries(properties).map(([name, one]) => [
    name,
    name in items ? { ...one, description: judgedAlone, items: items[name] } : one,
  ]);
  return { ...schema, properties: Object.fromEntries(described) };
};

const aText = { schema: { type: "string" } };

const isKeyed = ({ route: { method, callers } }: Described): boolean =>
  method === "POST" && typeof callers !== "string";

/** Headers of a good answer that a caller may look at. */
const headersOf = (described: Described): string[] => [
  ...(described.route.tagged ? ["etag"] : []),
  ...(described.route.csv ? ["link", "content-disposition"] : []),
  ...(isKeyed(described) ? ["idempotency-replayed"] : []),
];

/** What a caller may look at beside the problem. API Gateway's own refusal says how to prove who one is. */
const headersOfRefusal = (described: Described, status: number): Json => {
  const codes = problemsOf(described).get(status) ?? [];
  const isTimed = codes.some((code) => code.startsWith("gradient.") || (status === 503 && code === "table.conflict"));
  const isKept = status === 409 && isKeyed(described);
  const isByAuthorizer = (status === 401 || status === 403) && gatewayStatuses(described).includes(status);
  return {
    ...(isByAuthorizer ? { "www-authenticate": aText } : {}),
    ...(isKept ? { "idempotency-replayed": aText } : {}),
    ...(status === 429 || isTimed || isKept ? { "retry-after": { schema: { type: "integer" } } } : {}),
  };
};

/** The description of the API as an OpenAPI 3.1 document, made of nothing but the routes' declarations. */
export const openApi = (routes: readonly Described[]) => {
  const { of, components } = jsonSchemas();

  const parametersOf = (described: Described) => {
    const ofPlace = (place: "path" | "query", shape: z.ZodObject | undefined) =>
      Object.entries(shape?.shape ?? {}).map(([name, given]) => {
        const schema = z.instanceof(z.ZodType).parse(given);
        const required = place === "path" || !schema.safeParse(undefined).success;
        return { name, in: place, required, schema: of(schema, "input") };
      });
    const { request, tagged } = described.route;
    const { path, query } = request.shape;
    return [
      ...ofPlace("path", path),
      ...ofPlace("query", query),
      ...(tagged ? [{ name: "if-none-match", in: "header", required: false, schema: { type: "string" } }] : []),
      ...(isKeyed(described) ? [idempotencyKey] : []),
    ];
  };

  const bodyOf = ({ route, docs }: Described) => {
    const { items = {}, body = route.request.shape.body, example } = docs();
    if (!body) return {};
    const records = Object.entries(items).map(([name, schema]) => [name, of(schema, "input")]);
    const schema = of(body, "input");
    return {
      requestBody: {
        required: !body.safeParse(undefined).success,
        content: {
          "application/json": {
            schema: records.length === 0 ? schema : withItems(schema, Object.fromEntries(records)),
            ...(example === undefined ? {} : { example }),
          },
        },
      },
    };
  };

  const repliesOf = (described: Described) =>
    Object.entries(described.docs().replies).map(([status, { description, body, example }]) => {
      const headers = headersOf(described);
      const content = {
        ...(body && {
          "application/json": { schema: of(body, "output"), ...(example === undefined ? {} : { example }) },
        }),
        ...(described.route.csv && { "text/csv": { schema: { type: "string" } } }),
      };
      return [
        status,
        {
          description,
          ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers.map((name) => [name, aText])) }),
          ...(Object.keys(content).length === 0 ? {} : { content }),
        },
      ];
    });

  const refusalsOf = (described: Described) => {
    const codes = problemsOf(described);
    const byGateway = gatewayStatuses(described);
    const statuses = [...new Set([...codes.keys(), ...byGateway])].sort((a, b) => a - b);
    return statuses.map((status) => {
      const own = codes.get(status) ?? [];
      const headers = headersOfRefusal(described, status);
      return [
        status,
        {
          description: own.length > 0 ? own.map((code) => `\`${code}\``).join(", ") : "Answered by API Gateway",
          ...(Object.keys(headers).length === 0 ? {} : { headers }),
          content: {
            ...(own.length > 0 ? { "application/problem+json": { schema: documentsOf(own, of) } } : {}),
            ...(byGateway.includes(status) ? { "application/json": { schema: of(gatewayMessage, "output") } } : {}),
          },
        },
      ];
    });
  };

  const operationOf = (described: Described) => {
    const { route, docs } = described;
    const { id, tag, summary, description } = docs();
    const text = [...(description === undefined ? [] : [description]), ...rolesOf(route.callers)].join(" ");
    const parameters = parametersOf(described);
    const unchanged = route.tagged
      ? [[304, { description: "Unchanged since the `etag` that was sent", headers: { etag: aText } }]]
      : [];
    return {
      operationId: id,
      tags: [tag],
      summary,
      ...(text === "" ? {} : { description: text }),
      security: securityOf(route.callers),
      ...(parameters.length > 0 ? { parameters } : {}),
      ...bodyOf(described),
      responses: Object.fromEntries([...repliesOf(described), ...unchanged, ...refusalsOf(described)]),
    };
  };

  const paths: Record<string, Json> = {};
  for (const described of routes) {
    const { path, method } = described.route;
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(described) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Gradient billing",
      version: "1.0.0",
      description: "Sends a hub's usage counts to Gradient. Made from the schemas that the service enforces.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "https://{host}", variables: { host: { default: "billing.hub.example" } } }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      securitySchemes: {
        hubPerson: { type: "http", scheme: "bearer", bearerFormat: "JWT", description: "A signed-in person" },
        hubFeed: { type: "http", scheme: "bearer", bearerFormat: "JWT", description: "Has the scope `hub.feed`" },
        webhookSignature: { type: "apiKey", in: "header", name: "webhook-signature", description: "Standard Webhooks" },
      },
      schemas: Object.fromEntries([...components].sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  };
};
