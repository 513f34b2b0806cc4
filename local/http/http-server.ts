import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { StartupProblem } from "../startup-problem.ts";
import { type Door, keepDoor, noPages } from "./door.ts";

/** A server on 127.0.0.1 and nowhere else; `port` 0 takes any free one. */
export interface LocalServer {
  url: string;
  port: number;
  close(): Promise<void>;
}

const isAddressInUse = (error: unknown) => error instanceof Error && "code" in error && error.code === "EADDRINUSE";

export const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
};

/** Ends at once, without waiting for keep-alive connections that nobody uses. */
export const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

/** How a taken port is told; the same sentence for every server that we start. `holder`: a demo that may have it. */
export const portTaken = (port: number, holder?: number): StartupProblem =>
  new StartupProblem(
    `Port ${port} is already taken${holder === undefined ? "" : `, maybe by a demo that is still up (process ${holder}: \`kill ${holder}\` stops it)`}: stop what uses it (\`lsof -i :${port}\` names it), or choose other ports, for instance PORT_BASE=4100 npm start.`,
  );

/** A listener may fail, for instance when the caller hangs up within its own request; the server goes on. */
type Listener = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** Without a `door` of its own no page may change anything here, and what is posted has to be JSON. */
export const listenLocally = async (
  listener: Listener,
  port: number,
  door: Door = { pages: noPages },
): Promise<LocalServer> => {
  const server = createServer(async (request, response) => {
    try {
      await listener(request, response);
    } catch {
      response.destroy();
    }
  });
  keepDoor(server, door);
  // an export or a long poll may take its time; the functions behind have time-outs of their own
  server.requestTimeout = 0;
  // longer than clients keep idle connections, so that none is closed under a request just being sent
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(isAddressInUse(error) ? portTaken(port) : error));
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    port: portOf(server),
    close: () => closeServer(server),
  };
};

/** The request's body, or undefined once it is longer than `limitBytes`. */
export const readBody = (request: IncomingMessage, limitBytes: number): Promise<Buffer | undefined> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on("error", reject);
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limitBytes) {
        chunks.push(chunk);
      }
    });
    request.on("end", () => resolve(length > limitBytes ? undefined : Buffer.concat(chunks)));
  });

export const sendJson = (response: ServerResponse, status: number, body: unknown, headers = {}): void => {
  const text = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { "content-type": "application/json", "content-length": text.length, ...headers });
  response.end(text);
};
