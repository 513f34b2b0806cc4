import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { inParallel } from "#shared/in-parallel";
import { type Goal, printGoals } from "./fleet/goals.ts";
import { usualHops } from "./fleet/hops.ts";
import { parts } from "./fleet/parts.ts";
import { machine, print, printTable } from "./report.ts";

const { values: options } = parseArgs({
  options: { quick: { type: "boolean" }, trace: { type: "boolean" }, only: { type: "string" } },
});
const startedAt = performance.now();
const flags = [...(options.quick ? ["--quick"] : []), ...(options.trace ? ["--trace"] : [])];

/** Plays one part in a process of its own; answers what it printed, and what was seen. */
const played = (part: string): Promise<{ text: string; goals: Goal[] }> =>
  new Promise((resolve, reject) => {
    const child = fork(`${import.meta.dirname}/fleet/part-process.ts`, ["--part", part, ...flags], {
      execArgv: ["--max-old-space-size=8192"],
      stdio: ["ignore", "pipe", "inherit", "ipc"],
    });
    let text = "";
    let goals: Goal[] | undefined;
    child.stdout?.on("data", (more) => {
      text += String(more);
    });
    child.on("message", (told: Goal[]) => {
      goals = told;
    });
    child.on("close", () => (goals ? resolve({ text, goals }) : reject(new Error(`${part} came to no end`))));
  });

print(`## bench:fleet ${flags.join(" ")} (${machine()})\n`);
print("Virtual time: the figures are the same on any machine. Assumed of each hop, in milliseconds:\n");
printTable(Object.keys(usualHops), [Object.values(usualHops)]);

const chosen = options.only?.split(",") ?? Object.keys(parts);
const seen = new Map<string, Goal[]>();
await inParallel(availableParallelism(), chosen, async (part) => {
  const { text, goals } = await played(part);
  print(`\n### ${part}\n${text}`);
  seen.set(part, goals);
});
const isReached = printGoals(chosen.flatMap((part) => seen.get(part) ?? []));
print(`\nTook ${((performance.now() - startedAt) / 60_000).toFixed(1)} minutes.`);
process.exitCode = isReached ? 0 : 1;
