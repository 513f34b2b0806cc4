import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { buildFunctions } from "#infra/build";

const root = path.resolve(import.meta.dirname, "../../..");

export interface Bundles {
  /** The folder with all of the service's functions. */
  functions: string;
  /** The file of a function, as it is deployed. */
  of(folder: string): string;
  /** Runs a function as Lambda does; plain JavaScript, so that the worker's memory holds no compiler. */
  workerProcess: string;
  largePartnerProcess: string;
}

/** Builds the functions, and those that only the bench has, away from `dist`: others may build there meanwhile. */
export const buildBundles = async (): Promise<Bundles> => {
  const folder = mkdtempSync(path.join(tmpdir(), "gradient-bench-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  await buildFunctions({ outdir: path.join(folder, "functions") });
  await buildFunctions({ outdir: path.join(folder, "bench"), functionsDir: path.join(root, "test/bench/functions") });
  const processes = { worker: "worker/worker-process", largePartner: "scale/large-partner-process" };
  await build({
    entryPoints: Object.fromEntries(
      Object.entries(processes).map(([name, file]) => [name, path.join(root, `test/bench/${file}.ts`)]),
    ),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    mainFields: ["module", "main"],
    logLevel: "error",
  });
  return {
    functions: path.join(folder, "functions"),
    of: (name) => path.join(folder, /^(fast|bare)-/.test(name) ? "bench" : "functions", name, "index.mjs"),
    workerProcess: path.join(folder, "worker.mjs"),
    largePartnerProcess: path.join(folder, "largePartner.mjs"),
  };
};
