import path from "node:path";
import { gzipSync } from "node:zlib";

const root = path.resolve(import.meta.dirname, "../..");
const folder = "/assets/";

/** A file of a page, as it goes over the wire. */
export interface Asset {
  contentType: string;
  plain: Uint8Array;
  gzip: Uint8Array;
}

export interface PageBundle {
  /** By path: `/assets/main-4XK2.js`. Names change with the content, so that a browser may keep each for ever. */
  assets: ReadonlyMap<string, Asset>;
  /** What the page loads first; screens that are opened later have files of their own. */
  script: string;
  style: string | undefined;
}

const contentTypes = new Map([
  [".js", "text/javascript; charset=utf-8"],
  [".css", "text/css; charset=utf-8"],
  [".svg", "image/svg+xml"],
]);

const bundlePage = async (entry: string): Promise<PageBundle> => {
  // loaded late: a server whose page nobody opens goes without it
  const { build } = await import("esbuild");
  const { outputFiles, metafile } = await build({
    entryPoints: [path.join(root, entry)],
    absWorkingDir: root,
    outdir: path.join(root, folder),
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    jsx: "automatic",
    minify: true,
    legalComments: "none",
    charset: "utf8",
    define: { "process.env.NODE_ENV": '"production"' },
    loader: { ".svg": "file" },
    logLevel: "silent",
  });
  const assets = new Map(
    outputFiles.map(({ path: file, contents }): [string, Asset] => [
      `${folder}${path.basename(file)}`,
      {
        contentType: contentTypes.get(path.extname(file)) ?? "application/octet-stream",
        plain: contents,
        gzip: gzipSync(contents),
      },
    ]),
  );
  const main = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === entry);
  if (main === undefined) throw new Error(`The bundle of ${entry} has no entry.`);
  const [file, { cssBundle }] = main;
  const addressOf = (output: string) => `${folder}${path.basename(output)}`;
  return { assets, script: addressOf(file), style: cssBundle === undefined ? undefined : addressOf(cssBundle) };
};

/**
 * A page's bundle, made in memory when it is first asked for (about a fifth of a second) and kept by the process.
 * Rejects with what esbuild finds wrong, and tries again at the next call.
 */
export const lazyBundle = (entry: string): (() => Promise<PageBundle>) => {
  let made: Promise<PageBundle> | undefined;
  return () => {
    made ??= bundlePage(entry).catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
};
