import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { type BuildOptions, build, type Metafile } from "esbuild";
import { builtinHttpUnread, environmentCredentialsOnly } from "./bundling/lean-runtime.ts";
import { unreachableLeftOut } from "./bundling/left-out.ts";
import { librariesUnmapped, stacksMapped } from "./bundling/mapped-stacks.ts";

const root = path.resolve(import.meta.dirname, "..");

const defaultFunctionsDir = path.join(root, "functions");
const defaultOutdir = path.join(root, "dist/functions");

/** How all code of ours is bundled for Lambda. */
export const bundling = {
  absWorkingDir: root,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node24",
  // the SDK's and middy's ES modules before their CommonJS twins: only those can be shaken
  mainFields: ["module", "main"],
  treeShaking: true,
  minify: true,
  legalComments: "none",
  charset: "utf8",
  sourcemap: "linked",
  // stacks need places; whoever reads one has the sources
  sourcesContent: false,
  logLevel: "silent",
  plugins: [stacksMapped, builtinHttpUnread, environmentCredentialsOnly, unreachableLeftOut, librariesUnmapped],
} satisfies BuildOptions;

interface FunctionsOptions {
  outdir?: string;
  functionsDir?: string;
}

export interface FunctionBundle {
  folder: string;
  bytes: number;
  /** The source files that are in it, from the repository's root. */
  sources: string[];
}

/**
 * Bundles every `functions/<folder>/handler.ts` to `<outdir>/<folder>/index.mjs`, with its source map beside it: the
 * folder is the asset that the stack deploys. The same sources give the same bytes; a file is only touched when its
 * bytes changed, and replaced in one step, so that a build beside a running local system never shows it half a bundle.
 */
export const buildFunctions = async ({
  outdir = defaultOutdir,
  functionsDir = defaultFunctionsDir,
}: FunctionsOptions = {}): Promise<FunctionBundle[]> => {
  const folders = await functionFolders(functionsDir);
  const { outputFiles, metafile } = await build({
    entryPoints: folders.map((folder) => ({
      in: path.join(functionsDir, folder, "handler.ts"),
      out: path.join(folder, "index"),
    })),
    outdir,
    ...bundling,
    outExtension: { ".js": ".mjs" },
    write: false,
    metafile: true,
  });
  const bundles = bundlesOf(metafile);
  refuseWithoutHandler(bundles);
  await Promise.all(outputFiles.map(({ path: file, contents }) => writeIfChanged(file, contents)));
  const written = outputFiles.map(({ path: file }) => file);
  await removeOthers(outdir, written);
  return bundles.map(([file, { bytes, inputs }]) => ({
    folder: path.basename(path.dirname(file)),
    bytes,
    sources: Object.keys(inputs),
  }));
};

const functionFolders = async (functionsDir: string): Promise<string[]> => {
  const entries = existsSync(functionsDir) ? await readdir(functionsDir, { withFileTypes: true }) : [];
  const folders = entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
  if (folders.length === 0) throw new Error(`There is no function in ${functionsDir}.`);
  const incomplete = folders.filter((folder) => !existsSync(path.join(functionsDir, folder, "handler.ts")));
  if (incomplete.length > 0) throw new Error(`A function without handler.ts: ${incomplete.join(", ")}.`);
  return folders;
};

/** The outputs that are bundles; the others are their maps. */
const bundlesOf = ({ outputs }: Metafile) =>
  Object.entries(outputs).filter(([, { entryPoint }]) => entryPoint !== undefined);

const refuseWithoutHandler = (bundles: ReturnType<typeof bundlesOf>): void => {
  for (const [, { entryPoint, exports }] of bundles) {
    if (!exports.includes("handler")) throw new Error(`${entryPoint} does not export \`handler\`.`);
  }
};

const writeIfChanged = async (file: string, contents: Uint8Array): Promise<void> => {
  if (existsSync(file) && (await readFile(file)).equals(contents)) return;
  // beside the folder, which is an asset and must hold the bundle and its map alone at every moment
  const fresh = `${path.dirname(file)}.${path.basename(file)}.${process.pid}.fresh`;
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(fresh, contents);
  await rename(fresh, file);
};

/** What an earlier build has left: folders of functions that are gone, and files that would be deployed with one. */
const removeOthers = async (outdir: string, files: string[]): Promise<void> => {
  const wanted = new Set(files.flatMap((file) => [file, path.dirname(file)]));
  const entries = (await readdir(outdir, { recursive: true })).map((entry) => path.resolve(outdir, entry));
  const stale = entries.filter((entry) => !wanted.has(entry) && !entry.endsWith(".fresh"));
  await Promise.all(stale.map((entry) => rm(entry, { recursive: true, force: true })));
};

const tell = async (): Promise<void> => {
  const startedAt = performance.now();
  const bundles = await buildFunctions();
  const kilobytes = bundles.reduce((sum, { bytes }) => sum + bytes, 0) / 1000;
  const ms = performance.now() - startedAt;
  process.stdout.write(`${bundles.length} functions, ${kilobytes.toFixed(0)} kB, ${ms.toFixed(0)} ms\n`);
};

if (import.meta.main) {
  await tell().catch((error: unknown) => {
    process.stderr.write(`The build failed. ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
