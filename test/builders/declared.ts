import * as z from "zod";
import { problemOf } from "#api/problem-documents";
import { type Described, gatewayStatuses, problemsOf } from "#api/problems";
import { routes } from "#api/routes";
import { keyOf } from "#shared/lambda/http/route";

const all: readonly Described[] = routes;
const byKey = new Map<string, Described>(all.map((described) => [keyOf(described.route), described]));
// told once each: a test may look at many thousand answers
const codes = new Map(all.map((described) => [described, problemsOf(described)]));

/** The key of the route that takes a path; `METHOD /path` itself where there is none. A query is no part of it. */
export const routeOf = (method: string, url: string): string => {
  const path = url.split("?")[0] ?? "";
  const fits = ({ route }: Described): boolean =>
    route.method === method && new RegExp(`^${route.path.replace(/\{\w+\}/g, "[^/]+")}$`).test(path);
  const found = all.find(fits);
  return found ? keyOf(found.route) : `${method} ${path}`;
};

const problem = z.object({ code: z.string() });
// made once each: a schema is made ready with its first use, which takes longer than many uses
const documents = new Map<string, z.ZodType>();
const documentOf = (code: string): z.ZodType => {
  const document = documents.get(code) ?? problemOf(code);
  documents.set(code, document);
  return document;
};
const message = z.strictObject({ message: z.string() });

interface Answer {
  status: number | undefined;
  contentType: string | null | undefined;
  /** Read as JSON; undefined where there is none. */
  body: unknown;
}

/** What is wrong with an answer, going by its route's declaration; undefined for a declared one. */
export const undeclared = (routeKey: string, { status = 0, contentType = "", body }: Answer): string | undefined => {
  const described = byKey.get(routeKey);
  if (!described) {
    return problem.safeParse(body).data?.code === "route.unknown" ? undefined : `${routeKey} is declared nowhere`;
  }
  const told = `${routeKey} answered ${status} ${JSON.stringify(body)}`;
  if (contentType?.startsWith("application/problem+json")) {
    const { code } = problem.parse(body);
    if (!codes.get(described)?.get(status)?.includes(code)) return `${told}: an undeclared problem`;
    const document = documentOf(code).safeParse(body);
    return document.success ? undefined : `${told}: ${z.prettifyError(document.error)}`;
  }
  if (status === 304 && described.route.tagged) return body === undefined ? undefined : `${told}: a body`;
  const declared = described.docs().replies[status];
  if (!declared) {
    const isOfGateway = gatewayStatuses(described).includes(status) && message.safeParse(body).success;
    return isOfGateway ? undefined : `${told}: an undeclared status`;
  }
  if (contentType?.startsWith("text/csv")) return described.route.csv ? undefined : `${told}: undeclared CSV`;
  const parsed = (declared.body ?? z.undefined()).safeParse(body);
  return parsed.success ? undefined : `${told}: ${z.prettifyError(parsed.error)}`;
};
