import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { coresOf, limitCores } from "./rig/core-share.ts";

// user and system time in hundredths of a second, behind the name, which may hold blanks
const cpuSecondsOf = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
};

it.each([
  ["whatever the machine lets us set", undefined],
  ["stopping and continuing it", []],
])("keeps a busy process to a fifth of a core by %s", async (_, ways) => {
  const busy = spawn(process.execPath, ["-e", "for (;;);"]);
  const pid = busy.pid ?? expect.fail("it did not start");
  try {
    await sleep(300);
    const { release } = limitCores(pid, 0.2, ways);
    const before = cpuSecondsOf(pid);
    await sleep(1500);
    const used = (cpuSecondsOf(pid) - before) / 1.5;
    release();
    expect(used).toBeGreaterThan(0.02);
    expect(used).toBeLessThan(0.32);
  } finally {
    busy.kill("SIGKILL");
  }
});

it("knows what share of a core Lambda gives to a memory", () => {
  expect(coresOf(256)).toBeCloseTo(0.145, 3);
  expect(coresOf(1769)).toBe(1);
});
