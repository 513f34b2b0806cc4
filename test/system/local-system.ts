import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as z from "zod";

const endpoints = z.object({
  hubUi: z.url(),
  api: z.url(),
  gradient: z.url(),
  mailbox: z.url(),
  issuer: z.url(),
  pid: z.int(),
});

export interface Caller {
  org_id?: string;
  sub?: string;
  role?: string;
  name?: string;
  email?: string;
  scope?: string;
  /** Negative for a token that has expired already. */
  expires_in?: number;
}

interface LocalSystemOptions {
  /** `--headless` is always there; `--no-sample` unless `sample` is set. */
  sample?: boolean;
  args?: string[];
  environment?: Record<string, string>;
  /** A folder of its own if left out, which then goes with the system. */
  stateFolder?: string;
}

export interface RunningSystem {
  endpoints: z.infer<typeof endpoints>;
  stateFolder: string;
  /** Every line that it printed, oldest first. */
  output: string[];
  /** Ends it with SIGTERM and forgets a state folder of its own; answers the exit code. */
  stop(): Promise<number | null>;
  kill9(): Promise<void>;
  /** Starts it again on the same state, at other ports; `endpoints` are the new ones. */
  restart(): Promise<void>;
  token(caller?: Caller): Promise<string>;
  /** The functions' own output. */
  log(): string;
}

const root = join(import.meta.dirname, "../..");
const startLimitMs = 60_000;

/** What a start that did not get as far as `ready` printed, and how it ended. */
export interface FailedStart {
  code: number | null;
  stdout: string;
  stderr: string;
}

const environmentFor = (stateFolder: string, more: Record<string, string>): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  PORT_BASE: "0",
  // each start in these tests compiles the same code
  NODE_COMPILE_CACHE: join(tmpdir(), "node-compile-cache"),
  GRADIENT_BILLING_STATE: stateFolder,
  ...more,
});

const launch = (stateFolder: string, { args = [], sample = false, environment = {} }: LocalSystemOptions) =>
  spawn(process.execPath, [join(root, "local/start.ts"), "--headless", ...(sample ? [] : ["--no-sample"]), ...args], {
    cwd: root,
    env: environmentFor(stateFolder, environment),
    stdio: ["ignore", "pipe", "pipe"],
  });

/** Starts it in the expectation that it refuses. */
export const startInVain = async (options: LocalSystemOptions & { stateFolder: string }): Promise<FailedStart> => {
  const child = launch(options.stateFolder, options);
  const texts = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (texts.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (texts.stderr += chunk.toString()));
  const timer = setTimeout(() => child.kill("SIGKILL"), startLimitMs);
  await once(child, "close");
  clearTimeout(timer);
  return { code: child.exitCode, ...texts };
};

/** The whole local system in a process of its own, on free ports. */
export const startLocalSystem = async (options: LocalSystemOptions = {}): Promise<RunningSystem> => {
  const stateFolder = options.stateFolder ?? mkdtempSync(join(tmpdir(), "gradient-billing-"));
  const output: string[] = [];
  let child: ChildProcess | undefined;

  const begin = async () => {
    const started = launch(stateFolder, options);
    child = started;
    const note = (line: string) => output.push(line);
    createInterface(started.stderr).on("line", note);
    const ready = new Promise<boolean>((resolve) => {
      createInterface(started.stdout).on("line", (line) => {
        note(line);
        if (line === "ready") resolve(true);
      });
      started.once("exit", () => resolve(false));
      setTimeout(() => resolve(false), startLimitMs).unref();
    });
    if (!(await ready)) {
      started.kill("SIGKILL");
      throw new Error(`The local system did not start:\n${output.slice(-30).join("\n")}`);
    }
    return endpoints.parse(JSON.parse(readFileSync(join(stateFolder, "endpoints.json"), "utf8")));
  };

  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
    return child.exitCode;
  };

  const system: RunningSystem = {
    endpoints: await begin(),
    stateFolder,
    output,
    stop: async () => {
      const code = await end("SIGTERM");
      if (options.stateFolder === undefined) rmSync(stateFolder, { recursive: true, force: true });
      return code;
    },
    kill9: async () => {
      await end("SIGKILL");
    },
    restart: async () => {
      await end("SIGTERM");
      system.endpoints = await begin();
    },
    token: async (caller = {}) => {
      const reply = await fetch(`${system.endpoints.issuer}/token`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(caller),
      });
      return z.object({ access_token: z.string() }).parse(await reply.json()).access_token;
    },
    log: () => readFileSync(join(stateFolder, "logs/functions.log"), "utf8"),
  };
  return system;
};
