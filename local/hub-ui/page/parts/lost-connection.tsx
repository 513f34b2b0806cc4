import { type Query, type QueryCache, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Notice } from "../../../page-parts/notice.tsx";
import { momentOf } from "../../../page-parts/words.ts";
import { Refused } from "../answers.ts";
import { Button } from "./button.tsx";

/** Nothing came back: neither an answer nor a refusal. */
export const isLost = (error: unknown): boolean => error !== null && error !== undefined && !(error instanceof Refused);

const isMissing = (query: Query): boolean => query.isActive() && isLost(query.state.error);

/** Since when the oldest of what is on the screen could not be read anew; 0 where some of it never was. */
const useLostSince = (cache: QueryCache): number | undefined => {
  const [since, setSince] = useState<number | undefined>(undefined);
  useEffect(() => {
    const look = () => {
      const missing = cache.getAll().filter(isMissing);
      // what was never read forgets its failure while it is asked for again
      const isOpen = cache.getAll().some(({ state }) => state.data === undefined && state.fetchStatus === "fetching");
      if (missing.length > 0) setSince(Math.min(...missing.map(({ state }) => state.dataUpdatedAt)));
      else if (!isOpen) setSince(undefined);
    };
    look();
    // it is told in the middle of the drawing, too
    return cache.subscribe(() => queueMicrotask(look));
  }, [cache]);
  return since;
};

const againMs = 5000;

/** Said once for everything that is on the screen, however much of it could not be read; asks for all of that again. */
export const LostConnection = () => {
  const queries = useQueryClient();
  const since = useLostSince(queries.getQueryCache());
  const isNow = since !== undefined;
  useEffect(() => {
    if (!isNow) return;
    // what is being read is read on: begun anew each time, a long list would come to no end
    const again = () => void queries.refetchQueries({ predicate: isMissing }, { cancelRefetch: false });
    const timer = setInterval(again, againMs);
    return () => clearInterval(timer);
  }, [isNow, queries]);
  if (since === undefined) return null;
  return (
    <div className="failure">
      <Notice tone="warn" title="No connection">
        {since === 0 ? "Not all could be read." : `You see how it was at ${momentOf(new Date(since).toISOString())}.`}{" "}
        It is tried again by itself.
      </Notice>
      <Button onPress={() => void queries.refetchQueries({ type: "active" })}>Try now</Button>
    </div>
  );
};
