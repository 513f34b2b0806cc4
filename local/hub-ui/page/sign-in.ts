import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { type ApiClient, apiClient } from "#client/api-client";
import type { SamplePerson } from "#local/sample/people";
import { type AccessToken, accessTokenOf } from "./access-token.ts";
import type { Session } from "./session.ts";
import type { Setting } from "./setting.ts";

const storageKey = "person";

/** A call that is answered 401 goes out once more with a new token: nothing was done the first time. */
const withFreshToken = (call: ApiClient, token: AccessToken): ApiClient => {
  return async (key, asked) => {
    const answer = await call(key, asked);
    if (answer.ok || answer.status !== 401) return answer;
    token.forget();
    return await call(key, asked);
  };
};

/** Who is signed in; the first of the sample's people unless this tab remembers another. A real hub has its own. */
export const useSignIn = (setting: Setting): { session: Session | undefined; signIn(sub: string): void } => {
  const queries = useQueryClient();
  const [sub, setSub] = useState(() => sessionStorage.getItem(storageKey));
  const person: SamplePerson | undefined = setting.people.find((one) => one.sub === sub) ?? setting.people[0];
  const session = useMemo((): Session | undefined => {
    if (person === undefined) return undefined;
    const token = accessTokenOf(setting.issuer, person);
    const call = apiClient({ api: setting.api, accessToken: token.get });
    return {
      person,
      setting,
      call: withFreshToken(call, token),
      mayChange: person.role === "owner" || person.role === "full_admin",
      signInAgain: () => {
        token.forget();
        void queries.invalidateQueries();
      },
    };
  }, [setting, person, queries]);
  const signIn = (chosen: string) => {
    sessionStorage.setItem(storageKey, chosen);
    setSub(chosen);
  };
  return { session, signIn };
};
