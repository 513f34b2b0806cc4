import type { SamplePerson } from "#local/sample/people";

// asked for anew before it ends, so that no call meets its last second
const earlierMs = 60_000;

const expiryOf = (jwt: string): number => {
  const claims: { exp: number } = JSON.parse(atob((jwt.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/")));
  return claims.exp * 1000;
};

export interface AccessToken {
  get(): Promise<string>;
  /** The next call gets a new one. */
  forget(): void;
}

/** The person's token for the API, from the hub's identity provider; kept until shortly before it ends. */
export const accessTokenOf = (issuer: string, { org_id, sub, role, name, email }: SamplePerson): AccessToken => {
  let kept: Promise<string> | undefined;
  let until = 0;
  const fetchToken = async (): Promise<string> => {
    const reply = await fetch(`${issuer}/token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ org_id, sub, role, name, email, scope: "" }),
    });
    if (!reply.ok) throw new Error(`Signing in failed: the identity provider answered ${reply.status}.`);
    const { access_token: token }: { access_token: string } = await reply.json();
    until = expiryOf(token) - earlierMs;
    return token;
  };
  const forget = () => {
    until = 0;
  };
  return {
    forget,
    get: () => {
      if (kept !== undefined && Date.now() < until) return kept;
      // callers of the same moment share one request
      until = Number.POSITIVE_INFINITY;
      kept = fetchToken().catch((error: unknown) => {
        forget();
        throw error;
      });
      return kept;
    },
  };
};
