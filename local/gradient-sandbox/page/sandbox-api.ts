import { QueryClient, useQuery } from "@tanstack/react-query";
import type { FaultSettings } from "../calls/faults.ts";
import type { Card } from "../partner/cards.ts";
import type { PageSetting } from "../partner/partner-gate.ts";
import type { OrganizationDetail, OrganizationSummary } from "../partner/partner-views.ts";

export type { FaultSettings } from "../calls/faults.ts";
export type { Card, CardState } from "../partner/cards.ts";
export type { OrganizationDetail, OrganizationSummary } from "../partner/partner-views.ts";

/** An answer other than 2xx, or none at all; the message is for people. */
export class Refused extends Error {}

/** No answer. What is on the page may be old, and nothing that is asked for happens. */
export class Unanswered extends Refused {}

const refusalOf = (body: unknown, status: number): Refused => {
  const text: unknown = typeof body === "object" && body !== null && "message" in body ? body.message : undefined;
  if (Array.isArray(text)) return new Refused(text.join(" "));
  return new Refused(typeof text === "string" ? text : `The sandbox answered ${status}.`);
};

type Method = "GET" | "POST" | "PUT" | "DELETE";

/** Types of answers are those of the sandbox's own routes; page and server are of one build. */
export const call = async <T>(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<T> => {
  const sent =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
  let response: Response;
  try {
    response = await fetch(path, { method, ...sent, signal: signal ?? null });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Unanswered("The sandbox does not answer. Is the system still running? Nothing was lost: try again.");
  }
  const answer = await response.json().catch(() => undefined);
  if (!response.ok) throw refusalOf(answer, response.status);
  return answer;
};

export const pathOf = (organizationId: string, rest = ""): string =>
  `/_partner/organizations/${encodeURIComponent(organizationId)}${rest}`;

export const queries = new QueryClient({
  defaultOptions: { queries: { retry: 1, staleTime: 500, refetchOnWindowFocus: true } },
});

interface Items<T> {
  items: T[];
}
export interface Cards extends Items<Card> {
  /** Counts that have no card: the first that came for an account and a service is none. */
  zerosWithoutCard: number;
}
export interface FaultState extends FaultSettings {
  matched: number;
}

// programs and other tabs change what is shown, so all is read again; the answers are small and the way is short
const lookEveryMs = 2000;

const useLook = <T>(key: string[], path: string) =>
  useQuery({
    queryKey: key,
    queryFn: ({ signal }) => call<T>("GET", path, undefined, signal),
    refetchInterval: lookEveryMs,
  });

export const useOrganizations = () => useLook<Items<OrganizationSummary>>(["organizations"], "/_partner/organizations");
export const useOrganization = (id: string) => useLook<OrganizationDetail>(["organization", id], pathOf(id));
export const useCards = (id: string) => useLook<Cards>(["cards", id], pathOf(id, "/cards?state=all"));
export const useFaults = () => useLook<FaultState>(["faults"], "/_faults");
export const useSetting = () =>
  useQuery({
    queryKey: ["setting"],
    queryFn: () => call<PageSetting>("GET", "/_partner/setting"),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Changes an organization and shows the answer at once; a look that is under way would show what was before. */
export const changeOrganization = async (id: string, rest: string, body: unknown): Promise<OrganizationDetail> => {
  const key = ["organization", id];
  await queries.cancelQueries({ queryKey: key });
  const detail = await call<OrganizationDetail>("POST", pathOf(id, rest), body);
  queries.setQueryData(key, detail);
  return detail;
};
