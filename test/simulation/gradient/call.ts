import type { TransportReply, TransportRequest } from "#shared/gradient/https-transport";
import type { Process } from "../world/processes.ts";

/** A request to Gradient, as Gradient reads it. */
export interface Call {
  by: Process;
  method: TransportRequest["method"];
  /** Below `/vendor-api`. */
  path: string;
  body: unknown;
  vendorKey: string;
  token: string;
  calledAt: number;
  /** The same by its sender's clock. */
  stampedAt: number;
}

/** One count on its way. */
export interface Post extends Call {
  line: string;
  unitCount: number;
  rebuildsViews: boolean;
  landedAt: number | null;
  /** When its sender heard what became of it; null while it may still land for all that anybody knows. */
  settledAt: number | null;
  /** What its sender heard then. */
  heard: number | null;
}

export const baseUrl = "https://gradient.example/api";
const root = `${baseUrl}/vendor-api`;

export const reply = (status: number, body: unknown = {}, headers: Record<string, string> = {}): TransportReply => ({
  status,
  headers,
  body: JSON.stringify(body),
});
export const refusal = (status: number, message: string): TransportReply => reply(status, { message });

/** There are few keys: what a header says is worked out once. */
const known = new Map<string, { vendorKey: string; token: string }>();
const credentialOf = (header: string) => {
  const before = known.get(header);
  if (before) return before;
  const [vendorKey = "", token = ""] = Buffer.from(header, "base64").toString("utf8").split(":");
  const credential = { vendorKey, token };
  if (known.size > 10_000) known.clear();
  known.set(header, credential);
  return credential;
};

export const callOf = (
  by: Process,
  { method, url, headers: { "gradient-token": header = "" }, body }: TransportRequest,
  calledAt: number,
): Call => ({
  by,
  method,
  path: url.slice(root.length),
  body: body === undefined ? undefined : JSON.parse(body),
  ...credentialOf(header),
  calledAt,
  stampedAt: calledAt + by.skewMs,
});

const countPath = /^\/service\/([^/]+)\/count(\?no_build=true)?$/;

export const lineOf = (accountId: string, serviceId: string): string => `${accountId}/${serviceId}`;

/** Undefined for a call that is no count. */
export const postOf = (call: Call): Post | undefined => {
  const [, serviceId, noBuild] = countPath.exec(call.path) ?? [];
  if (serviceId === undefined) return undefined;
  const { accountId, unitCount } = call.body as { accountId: string; unitCount: number };
  return {
    ...call,
    line: lineOf(accountId, serviceId),
    unitCount,
    rebuildsViews: noBuild === undefined,
    landedAt: null,
    settledAt: null,
    heard: null,
  };
};
