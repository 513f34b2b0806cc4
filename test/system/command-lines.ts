import { execFileSync } from "node:child_process";

/** The command line of a process and of every process that it, or one of those, has started. */
export const commandLinesUnder = (root: number): string[] => {
  const found = execFileSync("ps", ["-A", "-ww", "-o", "pid=,ppid=,args="], { encoding: "utf8" })
    .split("\n")
    .flatMap((line) => {
      const [, pid, parent, text] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
      return text === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), text }];
    });
  const family = new Set([root]);
  // a process may be listed before the one that has started it
  for (let before = 0; family.size > before; ) {
    before = family.size;
    for (const { pid, parent } of found) if (family.has(parent)) family.add(pid);
  }
  return found.filter(({ pid }) => family.has(pid)).map(({ text }) => text);
};
