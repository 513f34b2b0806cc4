import { createServer } from "node:http";
import * as z from "zod";
import { answering } from "../rig/answering.ts";

// from a request's arrival to its answer
const latencyMs = 150;

const created = z.array(z.object({ id: z.string(), name: z.string() }));
const changed = z.array(z.object({ id: z.string(), name: z.string().optional() }));

const accounts = new Map<string, { id: string; name: string; isMapped: boolean }>();
let calls = 0;

const connection = {
  organizationId: "gradient-org-1",
  name: "Example MSP",
  integrationId: "connection-1",
  status: "active",
  lastSyncedAt: null,
};

const answerTo = (method: string, path: string, body: string): [status: number, reply: unknown] => {
  if (method === "GET" && path === "/organization") return [200, connection];
  if (path !== "/organization/accounts") return [404, { message: `Cannot ${method} ${path}` }];
  if (method === "GET") return [200, [...accounts.values()]];
  if (method === "POST") {
    const some = created.parse(JSON.parse(body));
    if (some.some(({ id }) => accounts.has(id))) return [409, { message: "An account exists already" }];
    for (const { id, name } of some) accounts.set(id, { id, name, isMapped: false });
    return [201, some];
  }
  for (const { id, name } of changed.parse(JSON.parse(body))) {
    const account = accounts.get(id);
    if (!account) return [404, { message: `No account found with id: ${id}` }];
    if (name !== undefined) account.name = name;
  }
  return [200, {}];
};

/** As much of Gradient as a look at one partner needs: its connection and its accounts. */
const server = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8").on("data", (text: string) => {
    body += text;
  });
  request.once("end", () => {
    calls += 1;
    const path = (request.url ?? "").replace("/api/vendor-api", "");
    const [status, reply] = answerTo(request.method ?? "", path, body);
    const text = JSON.stringify(reply);
    setTimeout(() => response.writeHead(status, { "content-type": "application/json" }).end(text), latencyMs);
  });
});

answering({
  listen: () =>
    new Promise((resolve) => {
      server.keepAliveTimeout = 60_000;
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        resolve(`http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/api`);
      });
    }),
  forget: () => accounts.clear(),
  /** How many accounts there are, and how many calls came since it was asked last. */
  stats: () => {
    const seen = { accounts: accounts.size, calls };
    calls = 0;
    return seen;
  },
});
