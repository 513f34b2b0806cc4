import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { commandLine } from "../processes.ts";
import { orProblem, StartupProblem } from "../startup-problem.ts";

export interface StateFolder {
  path: string;
  file(name: string): string;
  release(): void;
}

const lockName = "running.json";
const markName = "about.txt";

const lock = z.object({ pid: z.int(), commandLine: z.string() });

/**
 * Who runs on this state now. A killed system leaves its lock behind, and its process id may be another's by now; in a
 * container even our own.
 */
const holderOf = (lockFile: string): number | undefined => {
  try {
    const held = lock.parse(JSON.parse(readFileSync(lockFile, "utf8")));
    return held.pid !== process.pid && commandLine(held.pid) === held.commandLine ? held.pid : undefined;
  } catch {
    return undefined;
  }
};

const runsAlready = (folder: string, holder: number): StartupProblem =>
  new StartupProblem(
    `The local system runs already (process ${holder}) with the state in ${folder}: stop it first, or set GRADIENT_BILLING_STATE to another folder.`,
  );

/** The process of the system that runs, starts or stops on this state; undefined where there is none. */
export const holderIn = (folder: string): number | undefined => holderOf(join(folder, lockName));

export const isHeld = (folder: string): boolean => holderIn(folder) !== undefined;

/** Says so where another system has the state, before its ports are found taken. */
export const requireUnheld = (folder: string): void => {
  const holder = holderOf(join(folder, lockName));
  if (holder !== undefined) throw runsAlready(folder, holder);
};

const takeLock = (folder: string): (() => void) => {
  const lockFile = join(folder, lockName);
  const mine = `${lockFile}.${process.pid}`;
  writeFileSync(mine, JSON.stringify({ pid: process.pid, commandLine: commandLine(process.pid) ?? "" }));
  try {
    for (;;) {
      try {
        // a link to a finished file: whoever looks at the lock sees all of it or none
        linkSync(mine, lockFile);
        return () => rmSync(lockFile, { force: true });
      } catch {
        const holder = holderOf(lockFile);
        if (holder !== undefined) throw runsAlready(folder, holder);
        rmSync(lockFile, { force: true });
      }
    }
  } finally {
    rmSync(mine, { force: true });
  }
};

/** Without the lock. Nothing is put into, or taken away from, or shut in a folder that is somebody else's. */
const ownEntries = (folder: string): string[] => {
  const entries = readdirSync(folder).filter((name) => !name.startsWith(lockName));
  if (entries.length > 0 && !entries.includes(markName)) {
    throw new StartupProblem(
      `${folder} does not look like the state of this service: empty it yourself, or set GRADIENT_BILLING_STATE to another folder.`,
    );
  }
  return entries.map((name) => join(folder, name));
};

/** What an earlier version made may still be open to everybody on this machine. */
const closeToOthers = (path: string): void => {
  const stat = lstatSync(path);
  if (stat.isDirectory()) {
    chmodSync(path, 0o700);
    for (const name of readdirSync(path)) {
      closeToOthers(join(path, name));
    }
  } else if (stat.isFile()) {
    chmodSync(path, 0o600);
  }
};

/** Makes the folder ready for exactly one running system. */
export const openStateFolder = (folder: string, { fresh }: { fresh: boolean }): Promise<StateFolder> =>
  orProblem(
    `The state folder ${folder} cannot be written: make it writable, or set GRADIENT_BILLING_STATE to another folder.`,
    () => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const release = takeLock(folder);
      try {
        for (const entry of ownEntries(folder)) {
          if (fresh) {
            rmSync(entry, { recursive: true, force: true });
          }
        }
        writeFileSync(join(folder, markName), "The state of the local system; npm start -- --fresh forgets it.\n");
        closeToOthers(folder);
      } catch (error) {
        release();
        throw error;
      }
      return { path: folder, file: (name) => join(folder, name), release };
    },
  );

// a log that nobody reads must not fill a disk
const logLimitBytes = 20 * 1024 * 1024;

/** The log that functions write to, emptied once it got too long. */
export const functionLog = (folder: StateFolder): string => {
  mkdirSync(folder.file("logs"), { recursive: true, mode: 0o700 });
  const file = folder.file("logs/functions.log");
  if (existsSync(file) && statSync(file).size > logLimitBytes) {
    truncateSync(file);
  }
  return file;
};
