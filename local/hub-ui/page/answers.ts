import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Answer, Asked, BodyOf, Problem, RouteKey } from "#client/api-client";
import { useSession } from "./session.ts";

/** A refusal of the API, with what it says of itself. */
export class Refused extends Error {
  readonly problem: Problem;
  readonly retryAfterSeconds: number | undefined;

  constructor(problem: Problem, headers: Headers) {
    super(problem.detail);
    this.problem = problem;
    this.retryAfterSeconds = Number(headers.get("retry-after")) || undefined;
  }
}

function bodyOf<Key extends RouteKey>(answer: Answer<Key>): BodyOf<Key>;
function bodyOf(answer: { ok: true; body?: unknown } | { ok: false; problem: Problem; headers: Headers }): unknown {
  if (!answer.ok) throw new Refused(answer.problem, answer.headers);
  return answer.body;
}

interface Reading {
  /** Asks again so often while the screen is open. */
  everyMs?: number | undefined;
  enabled?: boolean;
}

const keyOf = (org: string, key: RouteKey, asked: unknown) => [org, key, asked];

/** What a route reads; the last answer stays on the screen while the next one is under way or has failed. */
export const useAnswer = <Key extends RouteKey>(key: Key, asked: Asked<Key>, { everyMs, enabled }: Reading = {}) => {
  const { call, person } = useSession();
  return useQuery({
    queryKey: keyOf(person.org_id, key, asked),
    queryFn: async () => bodyOf<Key>(await call(key, asked)),
    placeholderData: keepPreviousData,
    ...(everyMs === undefined ? {} : { refetchInterval: everyMs }),
    ...(enabled === undefined ? {} : { enabled }),
  });
};

/** A list, page by page. */
export const useList = <Key extends RouteKey, Item>(
  key: Key,
  askedAt: (cursor: string) => Asked<Key>,
  pageOf: (body: BodyOf<Key>) => { items: Item[]; nextCursor: string | null },
  { everyMs, enabled }: Reading = {},
) => {
  const { call, person } = useSession();
  return useInfiniteQuery({
    queryKey: keyOf(person.org_id, key, askedAt("")),
    queryFn: async ({ pageParam }) => pageOf(bodyOf<Key>(await call(key, askedAt(pageParam)))),
    initialPageParam: "",
    getNextPageParam: ({ nextCursor }) => nextCursor,
    ...(everyMs === undefined ? {} : { refetchInterval: everyMs }),
    ...(enabled === undefined ? {} : { enabled }),
  });
};

/** Changes something. Afterwards everything that is on the screen is read again, whether it went well or not. */
export const useChange = <Key extends RouteKey>(key: Key) => {
  const { call } = useSession();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (asked: Asked<Key>) => bodyOf<Key>(await call(key, asked)),
    onSettled: () => queries.invalidateQueries(),
  });
};
