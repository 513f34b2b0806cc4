import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { accessSync, constants } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { endLeftover } from "../processes.ts";
import { orProblem, StartupProblem } from "../startup-problem.ts";
import { readStateFile, writeStateFile } from "../state/state-file.ts";
import { requireSoundDatabase } from "./database-file.ts";
import { tendStream } from "./dynoxide-file.ts";

export interface Dynoxide {
  url: string;
  close(): Promise<void>;
}

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Where dynoxide may be: in its package, which exists for one platform only, then wherever the PATH says. */
export const dynoxideCandidates = (environment: NodeJS.ProcessEnv): string[] => {
  const onPath = (environment.PATH ?? "").split(delimiter).map((folder) => join(folder, "dynoxide"));
  try {
    return [createRequire(import.meta.url).resolve("@dynoxide/linux-x64/dynoxide"), ...onPath];
  } catch {
    return onPath;
  }
};

/**
 * An address of this machine that no page can guess: dynoxide itself answers whoever finds it, under any name and from
 * any origin. There are 16 million of them, times a port.
 */
const hiddenAddress = (): string => `127.${randomInt(1, 255)}.${randomInt(1, 255)}.${randomInt(1, 255)}`;

const freePort = (host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, host, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });

// the shell's input ends when this process does, by whatever signal, and then so does dynoxide; its files are its
// owner's
const dieWithParent = `
umask 077
exec 3<&0
"$@" </dev/null 3<&- &
child=$!
echo "pid $child"
{ cat <&3 >/dev/null; kill -9 $child 2>/dev/null; } >/dev/null 2>&1 &
exec 3<&-
wait $child`;

interface Launch {
  binary: string;
  file: string;
  host: string;
  port: number;
}

const launch = ({ binary, file, host, port }: Launch): ChildProcess => {
  const serve = [binary, "serve", "--host", host, "--port", String(port), "--db-path", file];
  return spawn("/bin/sh", ["-c", dieWithParent, "sh", ...serve], {
    stdio: ["pipe", "pipe", "pipe"],
    env: {},
    // a group of its own: Ctrl-C is for the host, which then stops everything in order
    detached: true,
  });
};

const noHiddenAddress =
  "This machine has no loopback address but 127.0.0.1, where any page in a browser could reach dynoxide (the local DynamoDB): set AWS_ENDPOINT_URL_DYNAMODB to a DynamoDB with streams.";

const pidFile = z.object({ pid: z.int() });

/** What it printed until it either listened or ended. */
const untilListening = (child: ChildProcess): Promise<{ listening: boolean; output: string }> =>
  new Promise((resolve) => {
    let output = "";
    const read = (chunk: Buffer) => {
      output += chunk.toString("utf8");
      if (output.includes("listening on")) {
        resolve({ listening: true, output });
      }
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("error", (error) => resolve({ listening: false, output: error.message }));
    child.once("exit", () => resolve({ listening: false, output }));
  });

/** DynamoDB as a child process that ends with this one, its tables in `folder`. */
export const startDynoxide = async (folder: string, candidates: string[]): Promise<Dynoxide> => {
  const binary = candidates.find(isExecutable);
  if (binary === undefined) {
    throw new StartupProblem(
      "There is no dynoxide (the local DynamoDB) for this platform: put its binary on the PATH (https://github.com/nubo-db/dynoxide), or set AWS_ENDPOINT_URL_DYNAMODB to a DynamoDB with streams.",
    );
  }
  const file = join(folder, "dynamodb.sqlite");
  const leftover = readStateFile(join(folder, "dynoxide.json"), pidFile);
  if (leftover !== undefined) {
    await endLeftover(leftover.pid, file);
  }
  requireSoundDatabase(file);
  for (let attempt = 1; ; attempt += 1) {
    const host = hiddenAddress();
    const port = await orProblem(noHiddenAddress, () => freePort(host));
    const child = launch({ binary, file, host, port });
    const { listening, output } = await untilListening(child);
    if (listening) {
      tendStream(file);
      writeStateFile(join(folder, "dynoxide.json"), { pid: Number(/pid (\d+)/.exec(output)?.[1] ?? 0) });
      const ended = new Promise((resolve) => child.once("exit", resolve));
      return {
        url: `http://${host}:${port}`,
        close: async () => {
          child.stdin?.destroy();
          await Promise.race([ended, sleep(2_000)]);
        },
      };
    }
    child.stdin?.destroy();
    // another process may take the port between our look and dynoxide's
    if (attempt < 3 && output.includes("in use")) {
      continue;
    }
    throw new StartupProblem(
      output.includes("valid SQLite")
        ? `The state file ${file} cannot be read (the tables are damaged): run "npm start -- --fresh" to start over.`
        : `dynoxide (the local DynamoDB) did not start: ${output.trim().split("\n").at(-1)}`,
    );
  }
};
