import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bundling } from "#infra/build";
import { type LoopbackServer, type ReceivedRequest, startLoopbackServer } from "#test/contract/loopback-server";
import { scenarios } from "./aws-answers.ts";
import { root } from "./synthesised.ts";

const run = promisify(execFile);
const folder = mkdtempSync(path.join(tmpdir(), "left-out-"));
const source = path.join(root, "test/infra/aws-calls.ts");
const bundle = path.join(folder, "calls.mjs");

let server: LoopbackServer;
let outcomes: [whole: Outcome[], bundled: Outcome[]];
/** The requests of each program, by scenario. */
const requests = new Map<string, unknown[]>();

const unsigned = ({ method, path: where, headers, body }: ReceivedRequest) => ({
  method,
  path: where,
  // a transaction has an id of its own
  body: body.replace(/"ClientRequestToken":"[^"]*"\}$/, "").replace(/"QueueUrl":"[^"]*"/, ""),
  headers: Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) =>
        !/^(host|authorization|x-amz-date|x-amz-content-sha256|amz-sdk-invocation-id|(x-amz-)?user-agent)$/.test(name),
    ),
  ),
});

beforeAll(async () => {
  server = await startLoopbackServer((request, response) => {
    // a message goes to the origin of its queue's address, which is in its body
    const where = request.path === "/" ? new URL(JSON.parse(request.body).QueueUrl).pathname : request.path;
    const [, program, place, ...rest] = where.split("/");
    const seen = requests.get(`${program}/${place}`) ?? [];
    requests.set(`${program}/${place}`, seen);
    const { answers = [] } = scenarios[Number(place)] ?? {};
    const next = answers[Math.min(seen.length, answers.length - 1)] ?? "reset";
    seen.push(unsigned({ ...request, path: rest.join("/") }));
    if (next === "reset") return void request.socket.destroy();
    response.writeHead(next.status, { "content-type": next.type, "x-amzn-requestid": "r" }).end(next.body);
  });
  await build({ ...bundling, entryPoints: [source], outfile: bundle });
  outcomes = await Promise.all([outcomesOf("whole", source), outcomesOf("built", bundle)]);
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

interface Outcome {
  call: string;
  what: string;
  value?: unknown;
  error?: unknown;
  /** What the SDK itself gave. */
  given?: unknown[];
  requests: unknown;
}

// names of one length: they stand in requests
const outcomesOf = async (name: "whole" | "built", program: string): Promise<Outcome[]> => {
  const args = scenarios.flatMap(({ call }, place) => [call, `${server.url}/${name}/${place}`]);
  const environment = { AWS_REGION: "eu-central-1", AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
  const { stdout } = await run(process.execPath, [program, ...args], { cwd: root, env: environment, maxBuffer: 1e8 });
  const results = JSON.parse(stdout) as { value?: unknown; error?: unknown; given: unknown[] }[];
  return scenarios.map(({ call, what }, place) => ({
    call,
    what,
    ...(results[place] ?? { error: "none" }),
    requests: requests.get(`${name}/${place}`),
  }));
};

it("asks AWS in a bundle as it does without, and makes the same of whatever comes back", () => {
  const [whole, bundled] = outcomes;

  // of what is well, a program gets something
  expect(whole.flatMap(({ call, what, error }) => (what === "all is well" && error ? [call] : []))).toEqual([]);
  const text = whole.map((outcome) => JSON.stringify(outcome));
  const others = bundled.flatMap((outcome, place) =>
    JSON.stringify(outcome) === text[place] ? [] : [{ bundled: outcome, whole: whole[place] }],
  );
  expect(others).toEqual([]);
});
