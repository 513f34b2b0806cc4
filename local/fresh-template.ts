import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findTemplate } from "./host/template/template.ts";
import { repositoryRoot } from "./options.ts";
import { commandLine } from "./processes.ts";
import { StartupProblem } from "./startup-problem.ts";

const sources = ["api", "infra", "functions", "shared", "package.json", "package-lock.json"];

const outputFolder = join(repositoryRoot, "dist/local");
// a system that runs on an older template may still start processes from its assets
const templatesKept = 4;

const filesUnder = (path: string): string[] =>
  statSync(path).isDirectory()
    ? readdirSync(path)
        .toSorted((a, b) => (a < b ? -1 : 1))
        .flatMap((name) => filesUnder(join(path, name)))
    : [path];

/** Changes whenever anything changes that the bundles or the template are made from. */
export const sourceHash = (root: string = repositoryRoot): string => {
  const hash = createHash("sha256");
  const present = sources.map((name) => join(root, name)).filter((path) => existsSync(path));
  for (const file of present.flatMap(filesUnder)) {
    hash.update(relative(root, file)).update("\0").update(readFileSync(file)).update("\0");
  }
  return hash.digest("hex").slice(0, 16);
};

const run = (script: string, environment: Record<string, string>): Promise<void> =>
  new Promise((resolve, reject) => {
    let output = "";
    const child = spawn(process.execPath, [join(repositoryRoot, script)], {
      cwd: repositoryRoot,
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const read = (chunk: Buffer) => {
      output += chunk.toString("utf8");
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("error", reject);
    child.once("exit", (code) => {
      if (code === 0) {
        resolve();
        return;
      }
      reject(new StartupProblem(`node ${script} failed: ${output.trim().split("\n").slice(0, 20).join("\n")}`));
    });
  });

/** Several systems may start at once, as in tests: one builds, the others wait for it. */
const oneAtATime = async (work: () => Promise<void>): Promise<void> => {
  mkdirSync(outputFolder, { recursive: true });
  const lockFile = join(outputFolder, "building");
  for (;;) {
    try {
      writeFileSync(lockFile, String(process.pid), { flag: "wx" });
      break;
    } catch {
      const builder = existsSync(lockFile) ? Number(readFileSync(lockFile, "utf8")) : 0;
      if (builder !== 0 && commandLine(builder) === undefined) {
        rmSync(lockFile, { force: true });
      }
      await sleep(50);
    }
  }
  try {
    await work();
  } finally {
    rmSync(lockFile, { force: true });
  }
};

const removeOldTemplates = (): void => {
  const byAge = readdirSync(outputFolder)
    .filter((name) => name.startsWith("cdk-"))
    .map((name) => ({ path: join(outputFolder, name), at: statSync(join(outputFolder, name)).mtimeMs }))
    .toSorted((a, b) => b.at - a.at);
  for (const { path } of byAge.slice(templatesKept)) {
    rmSync(path, { recursive: true, force: true });
  }
};

/** The template of the local stage, made from the sources as they are now; only built if they changed. */
export const freshTemplate = async (say: (line: string) => void): Promise<string> => {
  const folder = join(outputFolder, `cdk-${sourceHash()}`);
  if (!existsSync(folder)) {
    await oneAtATime(async () => {
      if (existsSync(folder)) {
        return;
      }
      say("building the functions and the template (only when something changed)");
      const draft = `${folder}.${process.pid}`;
      await run("infra/build.ts", {});
      await run("infra/app.ts", { CDK_OUTDIR: draft, CDK_CONTEXT_JSON: JSON.stringify({ stage: "local" }) });
      renameSync(draft, folder);
      removeOldTemplates();
    });
  }
  return findTemplate(folder);
};
