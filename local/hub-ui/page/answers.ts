import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import type { Answer, Asked, BodyOf, Problem, RouteKey } from "#client/api-client";
import { useSession } from "./session.ts";

/** A refusal of the API, with what it says of itself. */
export class Refused extends Error {
  readonly problem: Problem;
  readonly retryAfterSeconds: number | undefined;
  /** Of a call that was to change something; whoever only reads knows that nothing was changed. */
  readonly isOfChange: boolean;

  constructor(problem: Problem, headers: Headers, { isOfChange = false } = {}) {
    super(problem.detail);
    this.problem = problem;
    this.isOfChange = isOfChange;
    this.retryAfterSeconds = Number(headers.get("retry-after")) || undefined;
  }
}

type Either = { ok: true; body?: unknown } | { ok: false; problem: Problem; headers: Headers };
function bodyOf<Key extends RouteKey>(answer: Answer<Key>, asked?: { isOfChange: boolean }): BodyOf<Key>;
function bodyOf(answer: Either, asked?: { isOfChange: boolean }): unknown {
  if (!answer.ok) throw new Refused(answer.problem, answer.headers, asked);
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

/** Nobody knows whether the call did anything, or it has not yet: it may be said again under the same key. */
const isOpen = (error: unknown): boolean =>
  !(error instanceof Refused) ||
  error.problem.status >= 500 ||
  [401, 403, 429].includes(error.problem.status) ||
  error.problem.code === "idempotency.in-progress";

const isInProgress = (error: unknown): boolean =>
  error instanceof Refused && error.problem.code === "idempotency.in-progress";

interface Press {
  said: string;
  key: string;
  /** In milliseconds. */
  at: number;
}

// The service answers a key for a day with what it answered first. What the first press has begun is over within half a
// minute, and a person who tries again does so within a few; whoever presses later wants what is so then, and would be
// shown the run of hours ago while nothing is sent.
const sameForMs = 5 * 60_000;

/** A press of this, at this moment: the one before again, where nobody knows what became of that. */
export const pressOf = (said: string, unanswered: Press | undefined, now: number): Press =>
  unanswered?.said === said && now - unanswered.at < sameForMs
    ? unanswered
    : { said, key: crypto.randomUUID(), at: now };

/**
 * Changes something. While it is under way another press does nothing. What got no answer goes out once more under the
 * same `Idempotency-Key`, and so does a press of the same soon after a failure, so that whatever was lost on the way
 * happens once. Afterwards everything that is on the screen is read again, whether it went well or not.
 */
export const useChange = <Key extends RouteKey>(key: Key) => {
  const { call } = useSession();
  const queries = useQueryClient();
  const isUnderWay = useRef<boolean>(false);
  const unanswered = useRef<Press | undefined>(undefined);
  const {
    mutate,
    mutateAsync: _,
    ...change
  } = useMutation({
    mutationFn: async ({ asked, press }: { asked: Asked<Key>; press: Press }) => {
      const headers = key.startsWith("POST ") ? { "idempotency-key": press.key, ...asked.headers } : asked.headers;
      const answer = await call(key, { ...asked, ...(headers === undefined ? {} : { headers }) });
      return bodyOf<Key>(answer, { isOfChange: true });
    },
    retry: (count, error) => (isInProgress(error) ? count < 5 : !(error instanceof Refused) && count < 1),
    retryDelay: 1000,
    onError: (error, { press }) => {
      unanswered.current = isOpen(error) ? press : undefined;
    },
    onSuccess: () => {
      unanswered.current = undefined;
    },
    onSettled: () => {
      isUnderWay.current = false;
      // not waited for: what was changed is changed, whatever the reading brings
      void queries.invalidateQueries();
    },
  });
  return {
    ...change,
    mutate: (asked: Asked<Key>, { onSuccess }: { onSuccess?: (body: BodyOf<Key>) => void } = {}) => {
      if (isUnderWay.current) return;
      isUnderWay.current = true;
      const press = pressOf(JSON.stringify(asked), unanswered.current, Date.now());
      mutate({ asked, press }, onSuccess === undefined ? {} : { onSuccess });
    },
  };
};
