import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { Refused } from "./answers.ts";
import { useSession } from "./session.ts";
import type { Integration } from "./states.ts";

const key = "GET /v1/integrations/gradient";
const keyFor = (org: string) => [org, key, {}];

/** Shows what a change has answered, without waiting for the next reading; one under way would show what was before. */
export const useShowIntegration = () => {
  const { person } = useSession();
  const queries = useQueryClient();
  return async (body: Integration): Promise<void> => {
    const queryKey = keyFor(person.org_id);
    await queries.cancelQueries({ queryKey });
    queries.setQueryData(queryKey, body);
  };
};

/**
 * Where the integration stands, asked for anew every 3 seconds while somebody looks. An answer that has not changed
 * since comes back without a body.
 */
export const useIntegration = ({ everyMs = 3000 }: { everyMs?: number } = {}) => {
  const { call, person } = useSession();
  const last = useRef<{ etag: string; body: Integration } | undefined>(undefined);
  return useQuery({
    queryKey: keyFor(person.org_id),
    queryFn: async (): Promise<Integration> => {
      const before = last.current;
      const answer = await call(key, before === undefined ? {} : { headers: { "if-none-match": before.etag } });
      if (!answer.ok) throw new Refused(answer.problem, answer.headers);
      // a 304
      if (answer.body === undefined) {
        if (before === undefined)
          throw new Error("The service says that nothing has changed, but nothing was read before.");
        return before.body;
      }
      const etag = answer.headers.get("etag");
      last.current = etag === null ? undefined : { etag, body: answer.body };
      return answer.body;
    },
    refetchInterval: everyMs,
    placeholderData: keepPreviousData,
  });
};
