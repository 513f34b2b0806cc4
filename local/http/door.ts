import type { IncomingMessage, Server, ServerResponse } from "node:http";

/**
 * Whom a server of this machine lets in. Programs: all. A page in a browser: only the system's own. The browser says
 * who asks (`Origin`) and under which name it found us (`Host`), and a page can make it say neither something else nor
 * nothing.
 */
export interface Door {
  /** The origins of pages that may change something here, beside the server's own. */
  pages: ReadonlySet<string>;
  /** True for a request that no page could send without a preflight, whatever its content type. */
  takesAnyBody?: ((request: IncomingMessage) => boolean) | undefined;
}

export const noPages: ReadonlySet<string> = new Set();

/** Whatever a page's address is known by on this machine. */
export const originsOf = (port: number | undefined): string[] =>
  ["127.0.0.1", "localhost"].map((name) => `http://${name}:${port}`);

/** The page that asks, if it is one of the system's own. */
export const ownPage = (request: IncomingMessage, pages: ReadonlySet<string>): string | undefined => {
  const { origin } = request.headers;
  const isOurs = origin !== undefined && (pages.has(origin) || originsOf(request.socket.localPort).includes(origin));
  return isOurs ? origin : undefined;
};

const readingMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/** What a form, and a script without a preflight, may post is text, a form or without a type; JSON it may not. */
const isJsonOrNothing = ({ headers }: IncomingMessage): boolean => {
  const type = headers["content-type"];
  const isEmpty = headers["transfer-encoding"] === undefined && Number(headers["content-length"] ?? 0) === 0;
  return type === undefined ? isEmpty : /^application\/json\s*(;|$)/i.test(type);
};

interface Refused {
  status: 403 | 415;
  message: string;
}

const refusalOf = (request: IncomingMessage, { pages, takesAnyBody }: Door): Refused | undefined => {
  const { headers, method = "", socket } = request;
  // a name that somebody points at 127.0.0.1 makes their page one of ours to the browser, and only this header tells
  if (!originsOf(socket.localPort).includes(`http://${headers.host}`)) {
    return { status: 403, message: "This server answers to 127.0.0.1 and localhost only." };
  }
  if (readingMethods.has(method)) {
    // nothing changes, and without CORS headers no foreign page can read the answer
    return undefined;
  }
  if (headers.origin !== undefined && ownPage(request, pages) === undefined) {
    return { status: 403, message: "Pages of other origins may change nothing here." };
  }
  if (method === "POST" && !isJsonOrNothing(request) && takesAnyBody?.(request) !== true) {
    return { status: 415, message: "A body has to come with content-type: application/json." };
  }
  return undefined;
};

const refuse = (response: ServerResponse, { status, message }: Refused): void => {
  const text = JSON.stringify({ message });
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
};

/** Puts the door before everything that answers on this server by now. */
export const keepDoor = (server: Server, door: Door): void => {
  const answers = server.listeners("request");
  server.removeAllListeners("request");
  server.on("request", (request, response) => {
    const refusal = refusalOf(request, door);
    if (refusal !== undefined) {
      refuse(response, refusal);
      return;
    }
    for (const answer of answers) {
      Reflect.apply(answer, server, [request, response]);
    }
  });
};
