import type { IncomingMessage, ServerResponse } from "node:http";
import { originsOf } from "../http/door.ts";
import type { PageBundle } from "./bundle-page.ts";

interface ServedPage {
  title: string;
  bundle(): Promise<PageBundle>;
  /** The origins of other servers that the page calls. */
  calls(): string[];
}

/** Scripts and styles of this server alone, and calls to nobody but the system's own servers. */
const policy = (calls: string[]): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    // a mail is shown in a frame of its own, without a script and without an address
    "frame-src 'self'",
    `connect-src ${["'self'", ...calls].join(" ")}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const documentOf = (title: string, { script, style }: PageBundle): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<link rel="icon" href="data:,">
${style === undefined ? "" : `<link rel="stylesheet" href="${style}">`}
<script type="module" src="${script}"></script>
</head>
<body>
<div id="root"></div>
<noscript>This page needs JavaScript.</noscript>
</body>
</html>
`;

const acceptsGzip = ({ headers }: IncomingMessage): boolean =>
  /\bgzip\b/.test(String(headers["accept-encoding"] ?? ""));

/**
 * Answers `/` and the page's files; false for any other request, which is then somebody else's. Screens have addresses
 * behind a `#`, so that `/` is the only document.
 */
export const servePage =
  ({ title, bundle, calls }: ServedPage) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const pathname = URL.parse(request.url ?? "", "http://page")?.pathname ?? "";
    const isPage = pathname === "/" || pathname.startsWith("/assets/");
    if (!isPage || (request.method !== "GET" && request.method !== "HEAD")) return false;
    const made = await bundle();
    const asset = made.assets.get(pathname);
    if (asset !== undefined) {
      const isZipped = acceptsGzip(request);
      const body = isZipped ? asset.gzip : asset.plain;
      response.writeHead(200, {
        "content-type": asset.contentType,
        "content-length": body.byteLength,
        ...(isZipped ? { "content-encoding": "gzip" } : {}),
        vary: "accept-encoding",
        "cache-control": "public, max-age=31536000, immutable",
        "x-content-type-options": "nosniff",
      });
      response.end(request.method === "HEAD" ? undefined : body);
      return true;
    }
    if (pathname !== "/") return false;
    const html = Buffer.from(documentOf(title, made));
    const self = originsOf(request.socket.localPort);
    response.writeHead(200, {
      "content-type": "text/html; charset=utf-8",
      "content-length": html.byteLength,
      "content-security-policy": policy([...self, ...calls()]),
      "cache-control": "no-cache",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    });
    response.end(request.method === "HEAD" ? undefined : html);
    return true;
  };
