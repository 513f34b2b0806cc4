import * as http from "node:http";
import * as https from "node:https";
import type { Socket } from "node:net";

export interface TransportRequest {
  method: "GET" | "POST" | "PATCH";
  url: string;
  headers: Record<string, string>;
  body?: string;
  /** For everything from the wait for a socket to the last byte of the body. */
  timeoutMs: number;
}

export interface TransportReply {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
}

export type Transport = (request: TransportRequest) => Promise<TransportReply>;

/**
 * No usable reply. `maySent` false: nothing of the request can have reached the other side. Never holds the request.
 */
export class TransportError extends Error {
  readonly maySent: boolean;
  /** The other side had the request, for all that is known, and its answer was not awaited for longer. */
  readonly isTooSlow: boolean;

  constructor(message: string, maySent: boolean, isTimeOut = false) {
    super(message);
    this.name = "TransportError";
    this.maySent = maySent;
    this.isTooSlow = isTimeOut && maySent;
  }
}

interface Options {
  /**
   * Without it there are as many connections as calls under way. The caller limits those: a call that waited here would
   * miss its slot.
   */
  maxSockets?: number;
}

// an account takes some 150 bytes and there is no paging: room for 100,000 of them, within what a worker's memory bears
const replyLimitBytes = 16 * 1024 * 1024;

// Node's own server closes an idle connection after five seconds, and a frozen function cannot see it being closed: a
// count sent on a socket that is already closed would end in doubt for nothing
const idleLimitMs = 4_000;

/** The system's errors have the address in their text; their code says what happened, and no header can be in it. */
const codeOf = (error: Error): string => ("code" in error && typeof error.code === "string" ? error.code : error.name);

const send = (agents: { http: http.Agent; https: https.Agent }, request: TransportRequest): Promise<TransportReply> =>
  new Promise((resolve, reject) => {
    const { method, headers, timeoutMs } = request;
    const url = new URL(request.url);
    const secure = url.protocol === "https:";
    const body = request.body === undefined ? undefined : Buffer.from(request.body, "utf8");
    let connected = false;

    const options = { method, headers: { ...headers, "content-length": String(body?.byteLength ?? 0) } };
    const call = secure
      ? https.request(url, { ...options, agent: agents.https })
      : http.request(url, { ...options, agent: agents.http });

    const timer = setTimeout(() => fail(`no reply within ${timeoutMs} ms`, true), timeoutMs);
    const fail = (message: string, isTimeOut = false) => {
      clearTimeout(timer);
      reject(new TransportError(message, connected, isTimeOut));
      call.destroy();
    };

    call.on("socket", (socket) => {
      // a socket that was kept alive is connected already; a new one has sent nothing before its handshake
      if (!socket.connecting) connected = true;
      else socket.once(secure ? "secureConnect" : "connect", () => (connected = true));
    });
    call.on("error", (error) => fail(`connection failed: ${codeOf(error)}`));
    call.on("response", (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.byteLength;
        if (bytes > replyLimitBytes) fail(`reply larger than ${replyLimitBytes} bytes`);
      });
      response.on("error", (error) => fail(`reply broken off: ${codeOf(error)}`));
      response.on("end", () => {
        clearTimeout(timer);
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString("utf8"),
        });
      });
    });
    call.end(body);
  });

/** Keeps connections open between calls, follows no redirect, logs nothing. */
export const httpsTransport = ({ maxSockets = Number.POSITIVE_INFINITY }: Options = {}): Transport => {
  const options = { keepAlive: true, noDelay: true, maxSockets, maxFreeSockets: maxSockets };
  const agents = { http: new http.Agent(options), https: new https.Agent(options) };
  const freeSince = new WeakMap<Socket, number>();
  for (const agent of Object.values(agents)) agent.on("free", (socket: Socket) => freeSince.set(socket, Date.now()));

  const closeIdle = () => {
    const before = Date.now() - idleLimitMs;
    for (const agent of Object.values(agents)) {
      for (const socket of Object.values(agent.freeSockets).flat()) {
        if (socket !== undefined && (freeSince.get(socket) ?? 0) < before) socket.destroy();
      }
    }
  };

  return (request) => {
    closeIdle();
    return send(agents, request);
  };
};
