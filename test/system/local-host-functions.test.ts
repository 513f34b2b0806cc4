import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { commandLine } from "#local/processes";
import {
  callsTo,
  eventually,
  type FixtureHost,
  recordsIn,
  removeFolder,
  startFixtureHost,
  temporaryFolder,
} from "./host-harness.ts";

const folder = temporaryFolder();
let host: FixtureHost;

beforeAll(async () => {
  host = await startFixtureHost(folder);
});
afterAll(async () => {
  await host.close();
  removeFolder(folder);
});

const call = async <T>(action: string, answer: z.ZodType<T>): Promise<T> => {
  const response = await fetch(`${host.api}/open/${action}`, { method: "POST" });
  return answer.parse(await response.json());
};

const overlap = z.object({ pid: z.number(), wasBusy: z.boolean(), served: z.number() });
const remaining = z.object({ atFirst: z.number(), later: z.number(), requestId: z.string() });

describe("a function's processes", () => {
  it("get one event at a time and are at most three", async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => call("overlap", overlap)));

    expect(answers.filter(({ wasBusy }) => wasBusy)).toEqual([]);
    const pids = new Set(answers.map(({ pid }) => pid));
    expect(pids.size).toBeGreaterThan(1);
    expect(pids.size).toBeLessThanOrEqual(3);
  });

  it("stay warm for the next event", async () => {
    const { pid } = await call("overlap", overlap);
    const again = await call("overlap", overlap);

    expect(again.pid).toBe(pid);
  });

  it("tell the time that really remains", async () => {
    const { atFirst, later } = await call("remaining", remaining);

    expect(atFirst).toBeGreaterThan(900);
    expect(atFirst).toBeLessThanOrEqual(1_000);
    expect(atFirst - later).toBeGreaterThanOrEqual(195);
    expect(atFirst - later).toBeLessThan(400);
  });

  it("are killed at the function's timeout, and the next event finds a new one", async () => {
    const { pid } = await call("overlap", overlap);
    const startedAt = Date.now();
    const response = await fetch(`${host.api}/open/forever`, { method: "POST" });

    expect(response.status).toBe(500);
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(1_000);
    expect(Date.now() - startedAt).toBeLessThan(2_500);
    expect(host.said).toContain("fixture-Http failed: Sandbox.Timedout: Task timed out after 1.00 seconds");
    await eventually(() => (commandLine(pid) === undefined ? true : undefined));
    expect((await call("overlap", overlap)).wasBusy).toBe(false);
  });

  it("see the template's environment and nothing of the person's own", async () => {
    const environment = await call("environment", z.record(z.string(), z.string()));

    expect(environment).toMatchObject({
      TABLE_NAME: "fixture-Table",
      WORK_QUEUE_URL: `${host.endpoints.SQS}/000000000000/fixture-Work`,
      PLACE: "b/aws",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Fn::Sub writes a literal one as ${!literal}
      STAGE_TEXT: "local of fixture ${literal}",
      SIZE: "small",
      AWS_LAMBDA_FUNCTION_NAME: "fixture-Http",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
      AWS_ENDPOINT_URL_SECRETS_MANAGER: host.endpoints.SECRETS_MANAGER,
    });
    expect(Object.keys(environment)).not.toEqual(expect.arrayContaining(["PATH"]));
    expect(environment).not.toHaveProperty("HOME");
    expect(environment).not.toHaveProperty("NODE_OPTIONS");
    expect(environment).not.toHaveProperty("ABSENT");
  });

  it("leave what went wrong in the log", async () => {
    await fetch(`${host.api}/open/throw`, { method: "POST" });

    const log = readFileSync(join(folder, "functions.log"), "utf8");
    expect(log).toContain('"function":"fixture-Http"');
    expect(log).toContain("TypeError: thrown on purpose");
  });
});

describe("the template", () => {
  it("has what is not imitated named, and nothing else", () => {
    expect(host.said.filter((line) => line.startsWith("not imitated"))).toEqual([
      "not imitated locally: AWS::S3::Bucket",
    ]);
  });

  it("gets the host's values for secrets that people fill in, and generates the others", async () => {
    const value = async (SecretId: string) =>
      z
        .object({ SecretString: z.string() })
        .parse(await callsTo(host).secrets("secretsmanager.GetSecretValue", { SecretId })).SecretString;

    expect(await value("fixture/vendor-key")).toBe("the vendor key");
    expect(await value("fixture/generated")).toMatch(/^[A-Za-z0-9]{40}$/);
  });
});

describe("schedules", () => {
  const run = (name: string) => fetch(`${host.api}/_local/schedules/${name}/run`, { method: "POST" });

  it("are listed with what they are and when they ran", async () => {
    const response = await fetch(`${host.api}/_local/schedules`);

    expect(await response.json()).toMatchObject({
      items: [
        {
          name: "nightly",
          expression: "cron(0 3 * * ? *)",
          lastRun: null,
          nextRunAt: expect.stringContaining("T03:00:00"),
        },
        { name: "failing", expression: "rate(1 hour)" },
      ],
    });
  });

  it("fire on request with the target's input, and say how it ended", async () => {
    const response = await run("nightly");

    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ name: "nightly", outcome: "succeeded", result: { done: true } });
    expect(recordsIn(folder).filter((each) => "job" in each)).toMatchObject([
      { job: { schedule: "nightly", at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) } },
    ]);
  });

  it("say that a run failed, and which names there are", async () => {
    const failed = await run("failing");
    const unknown = await run("weekly");

    expect(failed.status).toBe(502);
    expect(await failed.json()).toMatchObject({ outcome: "failed", error: { errorMessage: "thrown on purpose" } });
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({ schedules: ["nightly", "failing"] });
  });
});
