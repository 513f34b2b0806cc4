import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { inParallel } from "#shared/in-parallel";
import { allMutants, patchedFiles } from "./all-mutants.ts";
import { type Mutant, suites } from "./mutant.ts";

/**
 * `npm run mutants`: takes one guard after the other out of a copy of the sources, and runs the test that must notice.
 * Exits with 1 when one does not, when a guard is not where the list says, or when a test is red without any change.
 * `-- --suite wants --from 11 --count 10` tries the second ten of a suite's.
 */
const root = fileURLToPath(new URL("../../..", import.meta.url));
const copied = ["functions", "shared", "test", "local", "infra", "api", "client", "operations"].concat([
  "package.json",
  "tsconfig.json",
  "vitest.config.ts",
]);
// a test that takes this long notices nothing in good time
const patienceMs = 300_000;
// how a test that has noticed says so; anything else is a test that could not run
const proofs = /^((?:partner|fleet|seed) \d+: .*|.*AssertionError: .*|.*Error: .*)$/m;
const cannotRun =
  /Cannot find module|SyntaxError|does not provide an export|is not defined|Transform failed|TestTimeoutError/;

const { values } = parseArgs({
  options: {
    /** Those whose name has this in it. */
    only: { type: "string", default: "" },
    /** Those that this suite must notice. */
    suite: { type: "string", default: "" },
    /** Of these, from which on, and how many. */
    from: { type: "string", default: "1" },
    count: { type: "string", default: "1000" },
    /** The suites were seen to be green on these sources. */
    "skip-unchanged": { type: "boolean", default: false },
    threads: { type: "string", default: String(availableParallelism()) },
  },
});
const print = (text: string) => void process.stdout.write(`${text}\n`);

const copySources = (from: string): string => {
  const folder = mkdtempSync(join(tmpdir(), "mutants-"));
  for (const name of copied) cpSync(join(from, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  return folder;
};

interface Verdict {
  isRed: boolean;
  isGreen: boolean;
  seconds: number;
  proof: string;
}

const runSuite = (folder: string, suite: keyof typeof suites): Promise<Verdict> =>
  new Promise((resolve) => {
    const startedAt = Date.now();
    let output = "";
    const child = spawn(process.execPath, [...suites[suite]], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NO_COLOR: "1" },
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
    const read = (chunk: Buffer) => {
      output += chunk.toString("utf8");
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("close", (code) => {
      clearTimeout(timer);
      const proof = proofs.exec(output)?.[0].trim() ?? (code === null ? "no end in sight" : "");
      const isRed = code === 1 && proof !== "" && !cannotRun.test(proof);
      resolve({ isRed, isGreen: code === 0, seconds: (Date.now() - startedAt) / 1000, proof });
    });
  });

// the sources may be worked on meanwhile: one copy stays as it was
const healthy = copySources(root);

const tryMutant = async (folder: string, mutant: Mutant): Promise<boolean> => {
  const files = patchedFiles(mutant, (file) => readFileSync(join(folder, file), "utf8"));
  if (!files) {
    print(`NOT FOUND  ${mutant.name}: the sources have changed, so has the list to`);
    return false;
  }
  for (const [file, text] of files) writeFileSync(join(folder, file), text);
  const { isRed, seconds, proof } = await runSuite(folder, mutant.killedBy);
  for (const file of files.keys()) cpSync(join(healthy, file), join(folder, file));
  const told = `${mutant.name.padEnd(46)} ${mutant.killedBy.padEnd(5)} ${seconds.toFixed(0).padStart(4)} s`;
  print(`${isRed ? "killed    " : "SURVIVED  "} ${told}  ${proof.slice(0, 110)}`);
  return isRed;
};

const first = Number(values.from) - 1;
const chosen = allMutants
  .filter(({ name, killedBy }) => name.includes(values.only) && (values.suite || killedBy) === killedBy)
  .slice(first, first + Number(values.count));
const threads = Number(values.threads);
const waiting = [...chosen];
let survivors = 0;
const redSuites: string[] = [];
const lane = async () => {
  const folder = copySources(healthy);
  try {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      if (!(await tryMutant(folder, next))) survivors += 1;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

try {
  const needed = new Set(values["skip-unchanged"] ? [] : chosen.map(({ killedBy }) => killedBy));
  // as many at a time as mutants later: all at once, the longest would not end in good time
  await inParallel(threads, [...needed], async (suite) => {
    const { isGreen, seconds, proof } = await runSuite(healthy, suite);
    print(`unchanged: ${suite} is ${isGreen ? "green" : `RED: ${proof}`} after ${seconds.toFixed(0)} s`);
    if (!isGreen) redSuites.push(suite);
  });
  if (redSuites.length === 0) await Promise.all(Array.from({ length: threads }, lane));
} finally {
  rmSync(healthy, { recursive: true, force: true });
}
const killed = chosen.length - survivors;
print(
  redSuites.length > 0
    ? `no mutant was tried: red without any change: ${redSuites.join(", ")}`
    : `${killed} of ${chosen.length} mutants killed`,
);
process.exitCode = killed < chosen.length || redSuites.length > 0 ? 1 : 0;
