import { request } from "node:http";

interface PageRequest {
  method?: string;
  /** What a browser would say about the page that asks; a program says nothing. */
  origin?: string;
  /** The name under which the browser found the server, with its port; the true one if left out. */
  host?: string;
  type?: string;
  headers?: Record<string, string>;
  body?: unknown;
}

export interface PageReply {
  status: number;
  /** The origin that may read the answer, if any. */
  readableBy: string | undefined;
  text: string;
}

/** One request with whatever headers a page can make a browser send, which `fetch` would not let us choose. */
export const pageRequest = (url: string, asked: PageRequest = {}): Promise<PageReply> =>
  new Promise((resolve, reject) => {
    const { method = "POST", origin, host, type, headers = {}, body } = asked;
    const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
    const call = request(
      url,
      {
        method,
        headers: {
          ...headers,
          ...(origin === undefined ? {} : { origin }),
          ...(host === undefined ? {} : { host }),
          ...(type === undefined ? {} : { "content-type": type }),
          ...(method === "GET" ? {} : { "content-length": Buffer.byteLength(text) }),
        },
      },
      (reply) => {
        const chunks: Buffer[] = [];
        reply.on("data", (chunk: Buffer) => chunks.push(chunk));
        reply.on("error", reject);
        reply.on("end", () => {
          const readableBy = reply.headers["access-control-allow-origin"];
          resolve({ status: reply.statusCode ?? 0, readableBy, text: Buffer.concat(chunks).toString("utf8") });
        });
      },
    );
    call.on("error", reject);
    call.end(text);
  });
