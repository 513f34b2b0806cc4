import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { Answer, ApiClient, BodyOf } from "#client/api-client";
import { Refused } from "../../answers.ts";
import { useIntegration } from "../../integration.ts";
import { useSession } from "../../session.ts";
import { askedItems, type MappingItem } from "../../wizard/mapping/mapping.ts";
import { isMappedBy, type Unmapped, unmappedIn } from "./known-lines.ts";

const route = "GET /v1/integrations/gradient/usage";
const mappingRoute = "GET /v1/integrations/gradient/mapping";
const itemsRoute = "GET /v1/integrations/gradient/mapping/items";

export type UsageLine = BodyOf<typeof route>["items"][number] & {
  /** By what the mapping tells; null where that says nothing of it. */
  isMapped: boolean | null;
};

export interface AllLines {
  lines: UsageLine[];
  /** False for a partner with more lines than a page is good for: the rest is in the CSV. */
  isAll: boolean;
}

// 100 pages: some 6,000 customers with three services each
const enough = 20_000;
// a page of the unmapped looks at 500 customers and shows 200: as many as there may be lines
const enoughPages = enough / 200;
// counts change with a measurement or a run, and after whatever is changed here they are read anew
const staleMs = 60_000;

/** Undefined where that cannot be read: what was sent can be told without it. */
export const readUnmapped = async (call: ApiClient): Promise<Unmapped | undefined> => {
  const mapping = await call(mappingRoute, {});
  if (!mapping.ok) return undefined;
  const first = unmappedIn(mapping.body);
  if (first.accounts.isAll) return first;
  const gaps: MappingItem[] = [];
  let cursor: string | null = "";
  for (let page = 0; cursor !== null && page < enoughPages; page += 1) {
    const answer: Answer<typeof itemsRoute> = await call(itemsRoute, askedItems("accounts", "unmapped")(cursor));
    if (!answer.ok) return first;
    gaps.push(...answer.body.items);
    cursor = answer.body.nextCursor;
  }
  return { ...first, accounts: { gaps, isAll: cursor === null } };
};

const readAll = async (call: ApiClient, onRead: (count: number) => void): Promise<AllLines> => {
  const isMapped = isMappedBy(await readUnmapped(call));
  const lines: UsageLine[] = [];
  for (let cursor: string | null = ""; cursor !== null && lines.length < enough; ) {
    const answer: Awaited<ReturnType<typeof call<typeof route>>> = await call(route, { query: { cursor } });
    if (!answer.ok) throw new Refused(answer.problem, answer.headers);
    lines.push(...answer.body.items.map((line) => ({ ...line, isMapped: isMapped(line) })));
    cursor = answer.body.nextCursor;
    onRead(lines.length);
    if (cursor === null) return { lines, isAll: true };
  }
  return { lines, isAll: false };
};

/**
 * Every line, read page by page and shown at once: half of them would sum up to something that is not true. `soFar`
 * tells how many have been read while the first reading goes on.
 */
export const useAllLines = ({ enabled = true } = {}) => {
  const { call, person } = useSession();
  const queries = useQueryClient();
  const progressKey = [person.org_id, "usage lines so far"];
  const { data: soFar = 0 } = useQuery({ queryKey: progressKey, queryFn: () => 0, enabled: false, initialData: 0 });
  const answer = useQuery({
    queryKey: [person.org_id, route],
    queryFn: () => readAll(call, (count) => queries.setQueryData(progressKey, count)),
    staleTime: staleMs,
    enabled,
  });
  return { answer, soFar };
};

/** Has every line read anew when a run has ended, also one that was over before the page saw it under way. */
export const useReadAfterRuns = (): void => {
  const { person } = useSession();
  const queries = useQueryClient();
  const last = useIntegration().data?.exports.last?.id;
  const seen = useRef(last);
  useEffect(() => {
    if (last === seen.current) return;
    const isFirst = seen.current === undefined;
    seen.current = last;
    if (!isFirst) void queries.invalidateQueries({ queryKey: [person.org_id, route] });
  }, [last, person.org_id, queries]);
};
