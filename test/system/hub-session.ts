import * as z from "zod";
import { apiClient } from "#client/api-client";
import { readSample } from "#local/sample/sample";
import { routeOf, undeclared } from "#test/builders/declared";
import type { RunningSystem } from "#test/system/local-system";

const serviceCount = readSample().services.length;
const base = "/v1/integrations/gradient";

/** `fetch` that throws for an answer that no declaration foresees. */
const declaredOnly: typeof fetch = async (input, init) => {
  const reply = await fetch(input, init);
  const text = await reply.clone().text();
  const contentType = reply.headers.get("content-type");
  const routeKey = routeOf(init?.method ?? "GET", new URL(String(input)).pathname);
  const isJson = contentType?.includes("json") === true && text !== "";
  const fault = undeclared(routeKey, {
    status: reply.status,
    contentType,
    body: isJson ? JSON.parse(text) : undefined,
  });
  if (fault !== undefined) throw new Error(fault);
  return reply;
};

export interface HubReply {
  status: number;
  headers: Headers;
  body: unknown;
}

/** The hub UI of one partner, signed in, and the partner's own people in Gradient. */
export const hubSession = async (system: RunningSystem, partnerId: string, role = "full_admin") => {
  const person = { org_id: partnerId, sub: "person-1", role, name: "Jana Admin", email: "jana@example.com", scope: "" };
  const jwt = await system.token(person);

  /** Any request, however wrong. An answer that the route's declaration does not foresee is a failure of the test. */
  const call = async (method: string, path: string, body?: unknown, headers = {}): Promise<HubReply> => {
    const url = `${base}${path === "/" ? "" : path}`;
    const reply = await fetch(`${system.endpoints.api}${url}`, {
      method,
      headers: { authorization: `Bearer ${jwt}`, "content-type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await reply.text();
    const answer = { status: reply.status, headers: reply.headers, body: text === "" ? undefined : JSON.parse(text) };
    const fault = undeclared(routeOf(method, url), { ...answer, contentType: reply.headers.get("content-type") });
    if (fault !== undefined) throw new Error(fault);
    return answer;
  };
  const client = apiClient({ api: system.endpoints.api, accessToken: () => jwt, fetch: declaredOnly });
  const read = async <S extends z.ZodType>(path: string, schema: S): Promise<z.infer<S>> =>
    schema.parse((await call("GET", path)).body);

  return { call, client, read };
};

/** A partner that the feed tells of, with one customer. */
export const feedPartner = async (system: RunningSystem, partnerId: string): Promise<void> => {
  const jwt = await system.token({ sub: "feed", scope: "hub.feed" });
  const send = async (method: string, path: string, body: unknown): Promise<void> => {
    const { ok, status } = await fetch(`${system.endpoints.api}/v1/hub/partners/${partnerId}${path}`, {
      method,
      headers: { authorization: `Bearer ${jwt}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!ok) throw new Error(`The feed answered ${status} at ${path}`);
  };
  const owner = { name: "Olga Owner", email: `owner@${partnerId}.example` };
  await send("PUT", "", { name: `Company of ${partnerId}`, owner, timeZone: "UTC" });
  await send("POST", "/customers", {
    customers: [{ id: `${partnerId}-customer`, name: "A customer", billing: "billed" }],
  });
};

/** Looks again and again until `look` finds something; throws with what it looked for after the time is up. */
export const eventually = async <T>(what: string, look: () => Promise<T | undefined>, limitMs = 15_000): Promise<T> => {
  const end = Date.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`Waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

const integrationState = z.object({ state: z.string(), nextEnabled: z.boolean() });
const exportState = z.object({
  id: z.string(),
  state: z.string(),
  outcome: z.string().nullable(),
  totals: z.record(z.string(), z.number()),
});

type Session = Awaited<ReturnType<typeof hubSession>>;

export const untilState = (session: Session, state: string) =>
  eventually(`the state ${state}`, async () => {
    const found = await session.read("/", integrationState);
    return found.state === state ? found : undefined;
  });

export const untilOver = (session: Session, id: string, limitMs = 30_000) =>
  eventually(
    `the end of export ${id}`,
    async () => {
      const found = await session.read(`/exports/${id}`, exportState);
      return found.state === "finished" || found.state === "cancelled" ? found : undefined;
    },
    limitMs,
  );

/** Token, agreement, accounts in Gradient; nothing is mapped yet. Answers the session and the organization's id. */
export const connectPartner = async (system: RunningSystem, partnerId: string, { limitMs = 15_000 } = {}) => {
  const session = await hubSession(system, partnerId);
  const partnerSide = `${system.endpoints.gradient}/_partner/organizations`;
  const post = async (url: string, body: unknown): Promise<unknown> =>
    (
      await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) })
    ).json();
  const { organizationId } = z
    .object({ organizationId: z.string() })
    .parse(await post(partnerSide, { name: `Organization of ${partnerId}` }));
  const at = `${partnerSide}/${organizationId}`;
  const { partnerToken } = z.object({ partnerToken: z.string() }).parse(await post(`${at}/keys`, {}));
  await session.client(`POST ${base}`, { body: {} });
  await session.client(`PUT ${base}/token`, { body: { partnerToken } });
  const agreement = await session.client(`GET ${base}/agreement`, {});
  if (!agreement.ok) throw new Error(agreement.problem.detail);
  const { version, sha256 } = agreement.body;
  await session.client(`POST ${base}/agreement/confirmations`, { body: { version, sha256 } });
  const accounts = z.object({ accounts: z.array(z.object({ id: z.string() })), services: z.array(z.unknown()) });
  await eventually(
    "the accounts in Gradient",
    async () => {
      const found = accounts.parse(await (await fetch(at)).json());
      // services are created one by one
      return found.accounts.length > 0 && found.services.length === serviceCount ? found : undefined;
    },
    limitMs,
  );
  return { session, partnerToken, post, at };
};
