import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Plugin } from "esbuild";

const readableStacks = path.join(import.meta.dirname, "readable-stacks.ts");

/**
 * Puts readable-stacks.ts in front of every handler, on the handler's own first line, so that its lines keep their
 * numbers. esbuild's `inject` would have each of a bundle's modules call it.
 */
export const stacksMapped: Plugin = {
  name: "stacks-mapped",
  setup(build) {
    build.onLoad({ filter: /\/handler\.ts$/ }, async ({ path: file }) => ({
      contents: `import ${JSON.stringify(readableStacks)}; ${await readFile(file, "utf8")}`,
      loader: "ts",
    }));
  },
};

// esbuild reads a map with one entry as knowing nothing of the rest of the file; a map without any it does not take
const firstPlaceOnly = Buffer.from(JSON.stringify({ version: 3, sources: [""], mappings: "AAAA" })).toString("base64");

/** Maps hold our own sources: with the libraries' places they are five to eleven times as large, and deployed, too. */
export const librariesUnmapped: Plugin = {
  name: "libraries-unmapped",
  setup(build) {
    build.onLoad({ filter: /\/node_modules\/.*\.m?js$/ }, async ({ path: file }) => ({
      contents: `${await readFile(file, "utf8")}\n//# sourceMappingURL=data:application/json;base64,${firstPlaceOnly}`,
      loader: "js",
    }));
  },
};
