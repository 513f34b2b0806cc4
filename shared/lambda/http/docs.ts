import type * as z from "zod";

interface ReplyDocs {
  description: string;
  /** Left out where the answer has no body. */
  body?: z.ZodType;
  example?: unknown;
}

interface RouteDocs<Replies> {
  /** The operation's name in the description of the API. */
  id: string;
  tag: "Integration" | "Mapping" | "Exports" | "Feed" | "Webhook";
  summary: string;
  description?: string;
  replies: Replies;
  /** The body where the endpoint itself reads it, and not the door. */
  body?: z.ZodType;
  /** What the records of a batch look like: the door takes any, so that a bad one keeps no good one out. */
  items?: Record<string, z.ZodType>;
  /** An example of the request's body. */
  example?: unknown;
  /** A list that goes without a stored record that cannot be read. */
  skipsUnreadable?: true;
  /** The codes of problems that only some routes have, by their status. */
  problems?: Record<number, readonly string[]>;
}

export type AnyDocs = RouteDocs<Record<number, ReplyDocs>>;

/**
 * What nobody needs in order to answer a request, beside the route in its file. It stands in a function that no handler
 * calls, so that the bundles go without it.
 */
export const docs = <const Replies extends Record<number, ReplyDocs>>(declared: RouteDocs<Replies>) => declared;

type Body<Docs> = Docs extends { body: infer B extends z.ZodType } ? { body: z.input<B> } : object;
type Replies<R> = { [Status in keyof R & number]: { status: Status } & Body<R[Status]> }[keyof R & number];

/** What an endpoint may answer: an undeclared status, or a field of another type, does not compile. */
export type ReplyOf<Docs extends () => RouteDocs<unknown>> = Replies<ReturnType<Docs>["replies"]>;
