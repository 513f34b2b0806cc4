import { once } from "node:events";
import { createServer } from "node:http";

export interface Received {
  method: string;
  /** With the query. */
  path: string;
  authorization: string | undefined;
  body: unknown;
}

export interface LoopbackServer {
  url: string;
  received: Received[];
  stop: () => Promise<void>;
}

/** A JSON server on a free port of this machine that remembers what it was asked. */
export const loopbackServer = async (
  answer: (call: Received) => { status: number; body: unknown },
): Promise<LoopbackServer> => {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString("utf8");
    const call: Received = {
      method: request.method ?? "",
      path: request.url ?? "",
      authorization: request.headers.authorization,
      body: text === "" ? undefined : JSON.parse(text),
    };
    received.push(call);
    const { status, body } = answer(call);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return {
    url: `http://127.0.0.1:${address.port}`,
    received,
    stop: async () => {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
};
