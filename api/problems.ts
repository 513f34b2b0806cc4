import type { AnyDocs } from "#shared/lambda/http/docs";
import type { Route } from "#shared/lambda/http/route";

export interface Described {
  folder: string;
  route: Route;
  docs: () => AnyDocs;
}

type Codes = [status: number, ...codes: string[]][];

const ofPeople: Codes = [[403, "identity.incomplete", "caller.reserved", "role.not-allowed"]];
const ofBodies: Codes = [
  [400, "request.malformed"],
  [413, "request.too-large"],
];
const ofFields: Codes = [[422, "request.invalid"]];
const ofChangesByPeople: Codes = [[429, "calls.too-many"]];
const ofPosts: Codes = [
  [409, "idempotency.in-progress"],
  [422, "idempotency.mismatch"],
];
// what was changed by somebody else ten times in a row, while this call tried to
const ofChanges: Codes = [[409, "table.conflict"]];
const ofAll: Codes = [
  [500, "internal", "record.unreadable"],
  [503, "table.unavailable"],
];

/** The codes of all problems that a route may answer, by their status. */
export const problemsOf = ({ route, docs }: Described): Map<number, string[]> => {
  const { method, callers } = route;
  const isSigned = callers === "signed";
  const isByPeople = callers !== "feed" && !isSigned;
  const all: Codes = [
    ...(isByPeople ? ofPeople : []),
    ...(isSigned ? [] : [...ofBodies, ...ofFields]),
    ...(method === "GET" ? [] : ofChanges),
    ...(isByPeople && method !== "GET" ? ofChangesByPeople : []),
    ...(isByPeople && method === "POST" ? ofPosts : []),
    ...ofAll,
  ];
  const codes = new Map<number, string[]>();
  const add = (status: number, more: readonly string[]) => codes.set(status, [...(codes.get(status) ?? []), ...more]);
  for (const [status, ...more] of all) add(status, more);
  for (const [status, more] of Object.entries(docs().problems ?? {})) add(Number(status), more);
  return new Map([...codes].sort(([a], [b]) => a - b));
};

/**
 * Statuses that API Gateway answers by itself, before a function is asked or when it does not answer: `{ "message" }`
 * as `application/json`.
 */
export const gatewayStatuses = ({ route: { callers } }: Described): number[] => [
  ...(callers === "signed" ? [] : [401]),
  ...(callers === "feed" ? [403] : []),
  429,
  500,
  503,
];
