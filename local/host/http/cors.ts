import type { IncomingMessage } from "node:http";
import * as z from "zod";

const corsConfiguration = z.object({
  AllowOrigins: z.array(z.string()).default([]),
  AllowMethods: z.array(z.string()).default([]),
  AllowHeaders: z.array(z.string()).default([]),
  ExposeHeaders: z.array(z.string()).default([]),
  AllowCredentials: z.boolean().default(false),
  MaxAge: z.coerce.number().optional(),
});

export const apiProperties = z.object({
  ProtocolType: z.literal("HTTP").optional(),
  CorsConfiguration: corsConfiguration.optional(),
});

type CorsConfiguration = z.infer<typeof corsConfiguration>;

/** The headers that API Gateway puts on answers by itself; whatever a function sent under these names is dropped. */
export interface Cors {
  preflight(request: IncomingMessage): Record<string, string> | undefined;
  headers(request: IncomingMessage): Record<string, string>;
  isOwnHeader(name: string): boolean;
}

const none: Cors = { preflight: () => undefined, headers: () => ({}), isOwnHeader: () => false };

const isAllowed = ({ AllowOrigins }: CorsConfiguration, origin: string): boolean =>
  AllowOrigins.some((allowed) => allowed === "*" || allowed === origin || allowed === `${new URL(origin).protocol}//*`);

const originOf = ({ headers: { origin } }: IncomingMessage): string | undefined =>
  origin !== undefined && URL.canParse(origin) ? origin : undefined;

export const cors = (configuration: CorsConfiguration | undefined): Cors => {
  if (configuration === undefined) {
    return none;
  }
  const { AllowOrigins, AllowMethods, AllowHeaders, ExposeHeaders, AllowCredentials, MaxAge } = configuration;

  const originHeaders = (origin: string): Record<string, string> => ({
    "access-control-allow-origin": AllowOrigins.includes("*") ? "*" : origin,
    ...(AllowOrigins.includes("*") ? {} : { vary: "Origin" }),
    ...(AllowCredentials ? { "access-control-allow-credentials": "true" } : {}),
  });

  return {
    preflight: (request) => {
      const origin = originOf(request);
      const isPreflight = request.method === "OPTIONS" && "access-control-request-method" in request.headers;
      if (!isPreflight) {
        return undefined;
      }
      if (origin === undefined || !isAllowed(configuration, origin)) {
        return {};
      }
      return {
        ...originHeaders(origin),
        "access-control-allow-methods": AllowMethods.join(","),
        "access-control-allow-headers": AllowHeaders.join(","),
        ...(MaxAge === undefined ? {} : { "access-control-max-age": String(MaxAge) }),
      };
    },
    headers: (request) => {
      const origin = originOf(request);
      if (origin === undefined || !isAllowed(configuration, origin)) {
        return {};
      }
      const exposed = ExposeHeaders.length > 0 ? { "access-control-expose-headers": ExposeHeaders.join(",") } : {};
      return { ...originHeaders(origin), ...exposed };
    },
    isOwnHeader: (name) => name.toLowerCase().startsWith("access-control-"),
  };
};
