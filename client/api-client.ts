import type { AnyRoute } from "#api/routes";
import type { ReplyOf } from "#shared/lambda/http/docs";

type KeyOf<R extends AnyRoute> = `${R["route"]["method"]} ${R["route"]["path"]}`;
/** Every route, as `POST /v1/integrations/gradient/exports`. */
export type RouteKey = KeyOf<AnyRoute>;

type Declared<Key extends RouteKey, R extends AnyRoute = AnyRoute> = R extends AnyRoute
  ? KeyOf<R> extends Key
    ? R
    : never
  : never;
type Input<R extends AnyRoute> = R["route"]["request"]["_zod"]["input"];
/** What a call of the route has to say, and what it may say. */
type Given<In> = string extends keyof In
  ? object
  : Pick<In, ("path" | "body") & keyof In> & Partial<Pick<In, "query" & keyof In>>;
export type Asked<Key extends RouteKey> = Given<Input<Declared<Key>>> & { headers?: Record<string, string> };

/** What every refusal says of itself; some have further members. */
export interface Problem {
  status: number;
  code: string;
  detail: string;
  errors?: { path: string; message: string }[];
  [member: string]: unknown;
}

interface Failed {
  ok: false;
  status: number;
  /** What went wrong; of API Gateway's own answers, its message as the detail and no code. */
  problem: Problem;
  headers: Headers;
}

type Good<Key extends RouteKey> = ReplyOf<Declared<Key>["docs"]>;
/** A declared answer, or a refusal. A 304 is an answer without a body. */
export type Answer<Key extends RouteKey> = (Good<Key> & { ok: true; headers: Headers }) | Failed;
/** The body of a route's good answer. */
export type BodyOf<Key extends RouteKey> = Extract<Good<Key>, { body: unknown }>["body"];

interface Caller {
  /** Where the API is: `https://billing.hub.example`. */
  api: string;
  /** A person's token, or one with the scope `hub.feed`. */
  accessToken: () => string | Promise<string>;
  fetch?: typeof fetch;
}

const pathOf = (template: string, names: Record<string, string>): string =>
  template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(names[name] ?? ""));

const queryOf = (query: Record<string, string | undefined>): string => {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
};

const read = (text: string) => {
  try {
    return JSON.parse(text);
  } catch {
    return text === "" ? undefined : text;
  }
};

const problemIn = (status: number, body: unknown): Problem => {
  const members = typeof body === "object" && body !== null ? body : {};
  const detail = "message" in members ? String(members.message) : "The answer says nothing about itself.";
  return { code: "", detail, ...members, status };
};

/**
 * Calls the routes by their names, with the types of their declarations: what a route does not take does not compile.
 * It has no dependency and asks nothing of the place where it runs but `fetch`, so that a page can use it, too.
 */
export const apiClient = ({ api, accessToken, fetch = globalThis.fetch }: Caller) => {
  /** Throws what `fetch` throws where nobody answers; every answer is a value. */
  function call<Key extends RouteKey>(key: Key, asked: Asked<Key>): Promise<Answer<Key>>;
  async function call(key: string, { path: names = {}, query = {}, body, headers = {} }: AnyAsked): Promise<unknown> {
    const [method = "", path = ""] = key.split(" ");
    const reply = await fetch(`${api}${pathOf(path, names)}${queryOf(query)}`, {
      method,
      headers: {
        accept: "application/json",
        authorization: `Bearer ${await accessToken()}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const content = read(await reply.text());
    const facts = { status: reply.status, headers: reply.headers };
    if (!reply.ok && reply.status !== 304) return { ...facts, ok: false, problem: problemIn(reply.status, content) };
    return { ...facts, ok: true, body: content };
  }
  return call;
};

interface AnyAsked {
  path?: Record<string, string>;
  query?: Record<string, string | undefined> | undefined;
  body?: unknown;
  headers?: Record<string, string>;
}

export type ApiClient = ReturnType<typeof apiClient>;
