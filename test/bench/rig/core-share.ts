import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import path from "node:path";

/** A process that has no more than a share of one core. */
export interface CoreShare {
  /** What keeps it to that. */
  by: "cgroup v2" | "cgroup v1" | "stopping and continuing";
  /** Lets go of it, or cleans up after it. */
  release(): void;
}

/** Lambda's own: 1,769 MB have one core, and less memory a share of it. */
export const coresOf = (memoryMb: number): number => memoryMb / 1769;

/** A group's files are there already: one that is not must not come to be, as it would on a plain file system. */
const tell = (folder: string, file: string, text: string | number): void =>
  writeFileSync(path.join(folder, file), String(text), { flag: "r+" });

// as short as Lambda's own is said to be: with a long period, a process would have its core for many calls at a time
const periodUs = 20_000;
const root = "/sys/fs/cgroup";

interface Kind {
  by: CoreShare["by"];
  folder: string;
  limit: (folder: string, quotaUs: number) => void;
}

const kinds: Kind[] = [
  {
    by: "cgroup v2",
    folder: root,
    limit: (folder, quotaUs) => tell(folder, "cpu.max", `${quotaUs} ${periodUs}`),
  },
  {
    by: "cgroup v1",
    folder: path.join(root, "cpu"),
    limit: (folder, quotaUs) => {
      tell(folder, "cpu.cfs_period_us", periodUs);
      tell(folder, "cpu.cfs_quota_us", quotaUs);
    },
  },
];

const inGroup = (pid: number, share: number, { by, folder, limit }: Kind): CoreShare | undefined => {
  const own = path.join(folder, `gradient-bench-${pid}`);
  const tryTo = (step: () => void) => {
    try {
      step();
    } catch {
      // the process has ended, or there is no such folder
    }
  };
  const release = () => {
    process.off("exit", release);
    // a group with a process in it cannot be removed
    tryTo(() => tell(folder, "cgroup.procs", pid));
    tryTo(() => rmdirSync(own));
  };
  try {
    mkdirSync(own);
    limit(own, Math.round(share * periodUs));
    tell(own, "cgroup.procs", pid);
    // a process that ends as it is released may keep its group for a moment longer
    process.once("exit", release);
    return { by, release };
  } catch {
    release();
    return undefined;
  }
};

const usedUs = (pid: number): number =>
  readdirSync(`/proc/${pid}/task`)
    .map((thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]))
    .reduce((sum, ns) => sum + ns / 1000, 0);

const lookEveryMs = 2;

/** What a quota does, by hand: a process that has used its share up is stopped until it has some again. */
const byStopping = (pid: number, share: number): CoreShare => {
  let left = share * periodUs;
  let lookedAt = performance.now();
  let used = usedUs(pid);
  let isStopped = false;
  const timer = setInterval(() => {
    try {
      const now = performance.now();
      const usedNow = usedUs(pid);
      left = Math.min(share * periodUs, left + (now - lookedAt) * 1000 * share - (usedNow - used));
      [lookedAt, used] = [now, usedNow];
      if (left < 0 === isStopped) return;
      isStopped = left < 0;
      process.kill(pid, isStopped ? "SIGSTOP" : "SIGCONT");
    } catch {
      // it has ended
      clearInterval(timer);
    }
  }, lookEveryMs);
  return {
    by: "stopping and continuing",
    release: () => {
      clearInterval(timer);
      if (isStopped) process.kill(pid, "SIGCONT");
    },
  };
};

/** Keeps a process to a share of one core, by a quota of the kernel where one may be set. */
export const limitCores = (pid: number, share: number, ways = ["cgroup v2", "cgroup v1"]): CoreShare => {
  for (const kind of kinds.filter(({ by }) => ways.includes(by))) {
    const limited = inGroup(pid, share, kind);
    if (limited) return limited;
  }
  return byStopping(pid, share);
};
