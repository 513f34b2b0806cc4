import { createServer, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { Server } from "node:net";
import { selfSigned } from "#test/contract/self-signed";
import { answering } from "../rig/answering.ts";
import { type Limit, type LimitKind, limitKinds } from "./limits.ts";

export interface Setting {
  /** From a request's arrival to its answer. */
  latencyMs: number;
  /** A request arrives up to so much later than it was sent. */
  jitterMs: number;
  limits: LimitKind[];
}

export interface GradientStats {
  /** When a request was let in, in milliseconds since 1970. */
  accepted: number[];
  refused: number;
  /** How many of them each limit would have refused alone. */
  refusedBy: Partial<Record<LimitKind, number>>;
}

interface Arrival {
  at: number;
  answer: (status: number) => void;
}

let setting: Setting = { latencyMs: 0, jitterMs: 0, limits: [] };
let limits: { kind: LimitKind; limit: Limit }[] = [];
const noStats = (): GradientStats => ({ accepted: [], refused: 0, refusedBy: {} });
let stats = noStats();
const coming: Arrival[] = [];

const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
};
const now = (): number => performance.timeOrigin + performance.now();

/** Lets in, in the order of their arrival, all that have arrived. */
const letIn = () => {
  for (let first = coming[0]; first && first.at <= now(); first = coming[0]) {
    coming.shift();
    const { at, answer } = first;
    // each is asked: a bucket fills by being asked
    const refusing = limits.filter(({ limit }) => !limit.allows(at));
    const isAllowed = refusing.length === 0;
    for (const { kind } of refusing) stats.refusedBy[kind] = (stats.refusedBy[kind] ?? 0) + 1;
    if (isAllowed) {
      for (const { limit } of limits) limit.count(at);
      stats.accepted.push(at);
    } else {
      stats.refused += 1;
    }
    setTimeout(() => answer(isAllowed ? 201 : 429), setting.latencyMs);
  }
  // a timer may come a fraction of a millisecond early
  if (coming.length > 0) setTimeout(letIn, 1);
};

const arrive = (arrival: Arrival) => {
  let place = coming.length;
  while (place > 0 && (coming[place - 1]?.at ?? 0) > arrival.at) place -= 1;
  coming.splice(place, 0, arrival);
  setTimeout(letIn, Math.max(1, arrival.at - now()));
};

const listener: RequestListener = (request, response) => {
  // the moment that counts is when the request came in, not when a timer of this process got its turn
  const at = now() + Math.random() * setting.jitterMs;
  request.resume();
  arrive({
    at,
    answer: (status) => response.writeHead(status, { "content-type": "application/json" }).end("{}"),
  });
};

const host = "127.0.0.1";

answering({
  /** Answers the address and, where it is `secure`, the certificate. */
  listen: ({ secure }: { secure: boolean }) =>
    new Promise((resolve) => {
      const credential = secure ? selfSigned(host) : undefined;
      const server = credential ? createSecureServer(credential, listener) : createServer(listener);
      server.keepAliveTimeout = 60_000;
      server.listen(0, host, () =>
        resolve({
          url: `${secure ? "https" : "http"}://${host}:${portOf(server)}/api`,
          cert: credential?.cert ?? null,
        }),
      );
    }),
  set: (next: Setting) => {
    setting = next;
    limits = next.limits.map((kind) => ({ kind, limit: limitKinds[kind](100) }));
    stats = noStats();
  },
  stats: () => stats,
});
