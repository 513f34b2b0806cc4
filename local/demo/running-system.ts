import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import * as z from "zod";
import { loadEnvFile, readOptions, repositoryRoot } from "#local/options";
import { isHeld } from "#local/state/state-folder";
import { type DemoState, demoState } from "./demo-state.ts";
import { messageOf } from "./steps/step-runner.ts";
import type { Terminal } from "./traveller/terminal.ts";

const endpoints = z.object({
  hubUi: z.url(),
  api: z.url(),
  gradient: z.url(),
  mailbox: z.url(),
  issuer: z.url(),
});
export type Endpoints = z.infer<typeof endpoints>;

export interface LocalSystem {
  endpoints: Endpoints;
  /** Ends the system if the demo started it; one that ran before goes on running. */
  stop: () => Promise<void>;
  /** The command that brings back what the demo started, none where it goes on running. */
  comesBackBy: string | undefined;
}

// fifteen seconds are the promise for the first start after `npm ci`; four times that for a busy machine
const startTimeoutMs = 60_000;
const stopTimeoutMs = 10_000;
const probeTimeoutMs = 5_000;
const lookEveryMs = 200;

const notTheSandbox =
  "The demo plays the partner in the Gradient sandbox, and the local system is set to another Gradient: start it without GRADIENT_BASE_URL and GRADIENT_VENDOR_KEY to see the demo.";

/** The local system that runs already, or one that is started for the demo. */
export const useLocalSystem = async (terminal: Terminal): Promise<LocalSystem> => {
  terminal.heading("The local system");
  loadEnvFile();
  const { gradient } = readOptions([], process.env);
  const { known, isMeant, folder, flags, intent, comesBackBy } = demoState(process.env);
  const running = await findAny(known, { isMeant, terminal });
  if (running !== undefined) {
    if (new URL(running.gradient).hostname !== "127.0.0.1") throw new Error(notTheSandbox);
    terminal.good(`It runs already, its API at ${running.api}.`);
    return { endpoints: running, stop: async () => {}, comesBackBy: undefined };
  }
  if (gradient !== undefined) throw new Error(notTheSandbox);
  terminal.line(`  None runs: ${intent}.`);
  const startedAt = performance.now();
  const child = spawn(process.execPath, [join(repositoryRoot, "local/start.ts"), "--headless", ...flags], {
    cwd: repositoryRoot,
    env: { ...process.env, GRADIENT_BILLING_STATE: folder },
    stdio: ["ignore", "pipe", "pipe"],
  });
  process.once("exit", () => child.kill());
  const stop = () => endProcess(child);
  try {
    await untilReady(child);
    const started = await findRunningSystem(folder);
    if (started === undefined) throw new Error("it said that it is ready, but its endpoints do not answer");
    terminal.good(`Ready after ${((performance.now() - startedAt) / 1000).toFixed(1)} s, its API at ${started.api}.`);
    return { endpoints: started, stop, comesBackBy };
  } catch (error) {
    await stop();
    throw new Error(`The local system did not start: ${messageOf(error)}`, {
      cause: error,
    });
  }
};

/** The first that runs; one that is only coming up is waited for, and so is the end of one that stops. */
const findAny = async (
  folders: string[],
  { isMeant, terminal }: Pick<DemoState, "isMeant"> & { terminal: Terminal },
): Promise<Endpoints | undefined> => {
  const deadline = performance.now() + startTimeoutMs;
  for (let isTold = false; ; isTold = true) {
    const held = folders.filter(isHeld);
    const systems = await Promise.all(
      folders.map(async (folder) => ({ folder, found: await findRunningSystem(folder) })),
    );
    const meant = systems.find(({ found }) => found !== undefined && isMeant(Number(new URL(found.hubUi).port)));
    const silent = systems.find(({ folder, found }) => found === undefined && held.includes(folder));
    if (meant !== undefined || silent === undefined) return meant?.found;
    if (performance.now() > deadline)
      throw new Error(
        `A local system holds the state in ${silent.folder}, and does not answer for ${startTimeoutMs / 1000} s: stop it, or look at its terminal.`,
      );
    if (!isTold)
      terminal.line(
        `  One comes up or stops with the state in ${silent.folder}: waiting for it, ${startTimeoutMs / 1000} s at most.`,
      );
    await delay(lookEveryMs);
  }
};

/** The endpoints in the state folder, if the system that wrote them still answers there. */
export const findRunningSystem = async (folder: string): Promise<Endpoints | undefined> => {
  const known = readEndpoints(join(folder, "endpoints.json"));
  if (known === undefined) return undefined;
  try {
    const response = await fetch(`${known.issuer}/.well-known/jwks.json`, {
      signal: AbortSignal.timeout(probeTimeoutMs),
    });
    return response.ok ? known : undefined;
  } catch {
    return undefined;
  }
};

/** A file that is missing, half-written or of another shape names no system. */
const readEndpoints = (file: string): Endpoints | undefined => {
  if (!existsSync(file)) return undefined;
  try {
    return endpoints.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return undefined;
  }
};

// blank lines and what Node adds to an error's own sentence
const stackTrace = /^\s*($|at |[{}]|code: |Node\.js v)/;

/** Resolves at the line `ready`; both outputs are read to the end, so that the child never waits for a reader. */
const untilReady = async (child: ChildProcess): Promise<void> => {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error("its output cannot be read");
  let lastWords = "";
  const note = (line: string) => {
    if (!stackTrace.test(line)) lastWords = line.trim();
  };
  createInterface(stderr).on("line", note);
  const ready = new Promise<"ready">((resolve) => {
    createInterface(stdout).on("line", (line) => (line.trim() === "ready" ? resolve("ready") : note(line)));
  });
  const ended = once(child, "close").then(() => "ended" as const);
  const outcome = await Promise.race([ready, ended, delay(startTimeoutMs, "late" as const, { ref: false })]);
  if (outcome === "ended") throw new Error(lastWords === "" ? "it ended without a word" : lastWords);
  if (outcome === "late")
    throw new Error(`it was not ready after ${startTimeoutMs / 1000} s; it last said: ${lastWords}`);
};

const endProcess = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const late = await Promise.race([ended.then(() => false), delay(stopTimeoutMs, true, { ref: false })]);
  if (late) child.kill("SIGKILL");
};
