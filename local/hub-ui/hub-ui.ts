import { type LocalServer, listenLocally } from "../http-server.ts";

export interface HubUiLinks {
  api: string;
  gradient: string;
  mailbox: string;
  issuer: string;
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const page = ({ api, gradient, mailbox, issuer }: HubUiLinks): string => {
  const rows = [
    ["API", api, "routes under /v1, with a token of the issuer"],
    ["Gradient", gradient, "the partner's side: connect, map, look at the cards"],
    ["Mailbox", mailbox, "the mails that the organization owner gets"],
    ["Schedules", `${api}/_local/schedules`, "POST to …/{name}/run fires one now"],
    ["Issuer's keys", `${issuer}/.well-known/jwks.json`, "POST to /token for a JWT"],
  ];
  const token = `curl -s -X POST ${issuer}/token -H 'content-type: application/json' \\
  -d '{"org_id":"org-1001","sub":"user-1","role":"owner","name":"Jo Doe","email":"jo@example.com","scope":""}'`;
  const row = ([name = "", url = "", what = ""]: string[]) =>
    `<tr><th>${escaped(name)}</th><td><a href="${escaped(url)}">${escaped(url)}</a></td><td>${escaped(what)}</td></tr>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gradient billing on this machine</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 3rem auto; max-width: 56rem; padding: 0 1rem; color: #1b1f24; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .4rem 1rem .4rem 0; border-bottom: 1px solid #d9dee3; vertical-align: top; }
pre { background: #f3f5f7; padding: 1rem; overflow-x: auto; }
</style>
</head>
<body>
<h1>Gradient billing is running on this machine</h1>
<table>${rows.map(row).join("\n")}</table>
<h2>A token</h2>
<pre>${escaped(token)}</pre>
<h2>The whole journey in a terminal</h2>
<pre>npm run demo</pre>
</body>
</html>
`;
};

/**
 * One plain page that says what runs where. `links` is asked each time: the other servers start later than this one.
 */
export const startHubUi = ({ port, links }: { port: number; links: () => HubUiLinks }): Promise<LocalServer> =>
  listenLocally((request, response) => {
    if (request.url !== "/") {
      response.writeHead(404, { "content-type": "text/plain" }).end("Not found\n");
      return;
    }
    response.writeHead(200, {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
    });
    response.end(page(links()));
  }, port);
