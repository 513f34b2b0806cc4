import * as z from "zod";
import { everyRole } from "#shared/lambda/http/caller";
import type { AnyDocs } from "#shared/lambda/http/docs";
import type { Callers, Route } from "#shared/lambda/http/route";

export interface Described {
  folder: string;
  route: Route;
  docs: () => AnyDocs;
}

type Codes = [status: number, ...codes: string[]][];

const ofPeople: Codes = [[403, "identity.incomplete", "caller.reserved"]];
const ofSomeRoles: Codes = [[403, "role.not-allowed"]];
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
// what was changed by somebody else again and again, while this call tried to
const ofChanges = (isFeed: boolean): Codes => [[isFeed ? 503 : 409, "table.conflict"]];
const ofAll: Codes = [
  [500, "internal"],
  [503, "table.unavailable"],
];
const ofWhatIsStored: Codes = [[500, "record.unreadable"]];

const isForSome = (callers: Callers): boolean =>
  typeof callers !== "string" && everyRole.some((role) => !callers.includes(role));

// one of them is refused wherever something is asked of a text at all
const oddTexts = ["", "\u0000", "x".repeat(1_000)];

/** A request can have a field wrong. What is in a path or a query is always a text: some fields take any. */
const asksSomething = ({ request: { shape } }: Route): boolean => {
  if (shape.body) return true;
  const takesAny = (field: z.core.$ZodType, given: readonly unknown[]): boolean =>
    given.every((each) => z.safeParse(field, each).success);
  const [ofPath, ofQuery] = [Object.values(shape.path?.shape ?? {}), Object.values(shape.query?.shape ?? {})];
  return (
    ofPath.some((field) => !takesAny(field, oddTexts)) ||
    ofQuery.some((field) => !takesAny(field, [...oddTexts, undefined]))
  );
};

/** The codes of all problems that a route may answer, by their status. */
export const problemsOf = ({ route, docs }: Described): Map<number, string[]> => {
  const { method, callers } = route;
  const isSigned = callers === "signed";
  const isByPeople = callers !== "feed" && !isSigned;
  const all: Codes = [
    ...(isByPeople ? ofPeople : []),
    ...(isForSome(callers) ? ofSomeRoles : []),
    ...(isSigned ? [] : ofBodies),
    ...(asksSomething(route) ? ofFields : []),
    ...(method === "GET" ? [] : ofChanges(callers === "feed")),
    ...(isByPeople && method !== "GET" ? ofChangesByPeople : []),
    ...(isByPeople && method === "POST" ? ofPosts : []),
    ...ofAll,
    ...(docs().skipsUnreadable ? [] : ofWhatIsStored),
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
  413,
  429,
  500,
  503,
];
