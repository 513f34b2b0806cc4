import * as z from "zod";
import { type Answer, type ApiClient, apiClient, type BodyOf, type Problem, type RouteKey } from "#client/api-client";
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

/** The routes of the API, as whoever holds this token may call them. Throws for an answer that is not declared. */
const clientWith = ({ endpoints }: RunningSystem, jwt: string) =>
  apiClient({ api: endpoints.api, accessToken: () => jwt, fetch: declaredOnly });

/** The body of a good answer; whatever else comes is thrown. */
export function bodyOf<Key extends RouteKey>(answer: Answer<Key>): BodyOf<Key>;
export function bodyOf(answer: { ok: true; body?: unknown } | { ok: false; status: number; problem: Problem }) {
  if (!answer.ok) throw new Error(`The API answered ${answer.status} ${answer.problem.code}: ${answer.problem.detail}`);
  return answer.body;
}

/** The hub UI of one partner, signed in. */
export const hubSession = async (system: RunningSystem, partnerId: string, role = "full_admin") => {
  const person = { org_id: partnerId, sub: "person-1", role, name: "Jana Admin", email: "jana@example.com", scope: "" };
  return clientWith(system, await system.token(person));
};

/** The hub's back office. */
export const feedSession = async (system: RunningSystem) =>
  clientWith(system, await system.token({ sub: "feed", scope: "hub.feed" }));

/** A partner that the feed tells of, with one customer; and, if one is given, that count of each sample service. */
export const feedPartner = async (
  system: RunningSystem,
  partnerId: string,
  { unitCount }: { unitCount?: number } = {},
): Promise<void> => {
  const feed = await feedSession(system);
  const owner = { name: "Olga Owner", email: `owner@${partnerId}.example` };
  const profile = { name: `Company of ${partnerId}`, owner, timeZone: "UTC" };
  const customerId = `${partnerId}-customer`;
  const customers = [{ id: customerId, name: "A customer", billing: "billed" }];
  bodyOf(await feed("PUT /v1/hub/partners/{partnerId}", { path: { partnerId }, body: profile }));
  bodyOf(await feed("POST /v1/hub/partners/{partnerId}/customers", { path: { partnerId }, body: { customers } }));
  if (unitCount === undefined) return;
  const measuredAt = new Date().toISOString();
  const measurements = readSample().services.map(({ id }) => ({ customerId, serviceId: id, unitCount, measuredAt }));
  bodyOf(await feed("POST /v1/hub/partners/{partnerId}/usage", { path: { partnerId }, body: { measurements } }));
};

/** Looks again and again until `look` finds something; throws with what it looked for after the time is up. */
export const eventually = async <T>(what: string, look: () => Promise<T | undefined>, limitMs = 15_000): Promise<T> => {
  const begun = Date.now();
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    const waited = Date.now() - begun;
    if (waited > limitMs) throw new Error(`Waited in vain for ${what}`);
    // whoever waits for a minute takes no core from those that work meanwhile
    await new Promise((resolve) => setTimeout(resolve, Math.min(Math.max(waited / 20, 50), 500)));
  }
};

export const untilState = (session: ApiClient, state: string, limitMs?: number) =>
  eventually(
    `the state ${state}`,
    async () => {
      const found = bodyOf(await session(`GET ${base}`, {}));
      return found.state === state ? found : undefined;
    },
    limitMs,
  );

export const untilOver = (session: ApiClient, exportId: string, limitMs = 30_000) =>
  eventually(
    `the end of export ${exportId}`,
    async () => {
      const found = bodyOf(await session(`GET ${base}/exports/{exportId}`, { path: { exportId } }));
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
  bodyOf(await session(`POST ${base}`, { body: {} }));
  bodyOf(await session(`PUT ${base}/token`, { body: { partnerToken } }));
  const { version, sha256 } = bodyOf(await session(`GET ${base}/agreement`, {}));
  bodyOf(await session(`POST ${base}/agreement/confirmations`, { body: { version, sha256 } }));
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
