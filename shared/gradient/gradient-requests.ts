import { type Answer, retryAfterMs } from "./gradient-answers.ts";
import { type Caller, gradientNotAsked } from "./gradient-api.ts";
import { gradientTokenHeader, type PartnerToken } from "./gradient-token.ts";
import { httpsTransport, type Transport, type TransportRequest } from "./https-transport.ts";
import { callTimeoutMs } from "./lost-calls.ts";

export interface RequestOptions {
  /** Ends in `/api`. */
  baseUrl: string;
  /**
   * As a function, it is asked again before each request takes its slot: renewing the key takes longer than a slot may
   * wait.
   */
  vendorKey: string | (() => Promise<string>);
  transport?: Transport;
  timeoutMs?: number;
  now?: () => Date;
}

export interface GradientRequest {
  method: TransportRequest["method"];
  path: string;
  body?: unknown;
}

/** A request that has gone out. */
export interface Sent {
  /** Milliseconds since 1970. */
  sentAt: number;
  /** Rejects with a `TransportError`. */
  answer: Promise<Answer>;
}

// slots that may be missed in a row while the caller is asked; more mean that something is out of order
const maxMissed = 5;

/** Waits until one request may go out, and answers when that is. Throws `gradient.not-asked` if it will not be. */
export const takeTurn = async ({ pacer, mayGo }: Caller, now: () => Date): Promise<number> => {
  for (let missed = 0; missed < maxMissed; missed += 1) {
    const usableUntil = await pacer.slot();
    if (usableUntil === null || (mayGo && !(await mayGo()))) break;
    const at = now().getTime();
    if (at <= usableUntil) return at;
  }
  throw gradientNotAsked();
};

/** Requests to Gradient, each in a slot of its own. Throws `gradient.not-asked` for one that does not go out. */
export const gradientRequests = ({
  baseUrl,
  vendorKey,
  transport = httpsTransport(),
  timeoutMs = callTimeoutMs,
  now = () => new Date(),
}: RequestOptions) => {
  const root = `${baseUrl.replace(/\/+$/, "")}/vendor-api`;

  return async (caller: Caller, token: PartnerToken, { method, path, body }: GradientRequest): Promise<Sent> => {
    const key = typeof vendorKey === "string" ? vendorKey : await vendorKey();
    const header = gradientTokenHeader(key, token);
    const request: TransportRequest = {
      method,
      url: `${root}${path}`,
      timeoutMs,
      headers: {
        accept: "application/json",
        "gradient-token": header,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    const exchange = async (): Promise<Answer> => {
      const answer = { reply: await transport(request), secrets: [header, key, token], receivedAt: now() };
      if (answer.reply.status === 429) {
        // whoever needs the next slot hears of a table that does not answer; here it must not hide what Gradient said
        await caller.pacer.slowDown(retryAfterMs(answer)).catch(() => undefined);
      }
      return answer;
    };
    const sentAt = await takeTurn(caller, now);
    return { sentAt, answer: exchange() };
  };
};
