import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** The command line of a running process, undefined if there is none with this id. */
export const commandLine = (pid: number): string | undefined => {
  try {
    if (existsSync("/proc/self/cmdline")) {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim() || undefined;
    }
    return execFileSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" }).trim() || undefined;
  } catch {
    return undefined;
  }
};

const isOurs = (pid: number, mark: string) => commandLine(pid)?.includes(mark) ?? false;

/**
 * Ends a process that an earlier run left behind, only while its command line still carries `mark`: process ids are
 * used again.
 */
export const endLeftover = async (pid: number, mark: string): Promise<void> => {
  for (let attempt = 0; isOurs(pid, mark); attempt += 1) {
    // it may be on its way out already
    if (attempt === 5) {
      process.kill(pid, "SIGKILL");
    }
    await sleep(20);
  }
};
