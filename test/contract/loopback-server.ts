import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

export interface ReceivedRequest {
  method: string;
  /** Path and query as they were on the wire. */
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  socket: Socket;
}

export type Responder = (request: ReceivedRequest, response: ServerResponse) => void;

/** A real HTTP server on 127.0.0.1 that notes what it receives and answers as told. */
export const startLoopbackServer = async (responder: Responder) => {
  const received: ReceivedRequest[] = [];
  let respond = responder;
  let connections = 0;

  const listener: RequestListener = (incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const { method = "", url = "", headers, socket } = incoming;
      const request = { method, path: url, headers, socket, body: Buffer.concat(chunks).toString("utf8") };
      received.push(request);
      respond(request, response);
    });
  };
  const server = createServer(listener);
  server.on("connection", () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    received,
    connections: () => connections,
    respondWith: (next: Responder) => {
      respond = next;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
export type LoopbackServer = Awaited<ReturnType<typeof startLoopbackServer>>;

/** Answers every request with this status and JSON. */
export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Responder =>
  (_, response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
  };
