import type * as z from "zod";
import type { Role } from "./caller.ts";
import type { Csv } from "./csv.ts";

/** Whoever may call a route: people of these roles, the hub's back office, or whoever signs what they send. */
export type Callers = readonly Role[] | "feed" | "signed";

export type Method = "GET" | "POST" | "PUT" | "DELETE";

/** What a request consists of. What is not named here is not read. */
export type RequestSchema = z.ZodObject<{ path?: z.ZodObject; query?: z.ZodObject; body?: z.ZodType }>;

/** One route, as plain data: validation, the stack, the description and the client are all made of it. */
export interface Route<S extends RequestSchema = RequestSchema> {
  method: Method;
  /** As API Gateway writes it: `/v1/things/{thingId}`. */
  path: string;
  callers: Callers;
  request: S;
  /** Its answers carry an `ETag`, and `if-none-match` is honoured. */
  tagged?: true;
  /** Where a body may be larger than those of people usually are. */
  maxBodyBytes?: number;
  /** It is a list that is also had as CSV. */
  csv?: Csv;
}

type NamesIn<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;
type NamesOf<S extends RequestSchema> = S["shape"] extends { path: z.ZodObject<infer Names> } ? keyof Names : never;
type SameNames<Path extends string, S extends RequestSchema> = [NamesIn<Path>, NamesOf<S>] extends [
  NamesOf<S>,
  NamesIn<Path>,
]
  ? unknown
  : { path: "The names in the path and the keys of request.path differ." };

/** Declares a route. It does not compile where the names in its path are not the keys of `request.path`. */
export const route = <
  const M extends Method,
  const Path extends string,
  const C extends Callers,
  S extends RequestSchema,
>(
  declared: Route<S> & { method: M; path: Path; callers: C } & SameNames<Path, S>,
) => declared;

/** As API Gateway names it: `GET /v1/things/{thingId}`. */
export const keyOf = <M extends string, Path extends string>({ method, path }: { method: M; path: Path }) =>
  `${method} ${path}` as const;
