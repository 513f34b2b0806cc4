import type { SourceMap, SourceMapping } from "node:module";

/*
 * Stands in front of every bundle. V8 asks for a stack's text only when somebody reads it, so the map beside the bundle
 * is read by the first error that is logged, and by no cold start; nothing is imported here for the same reason. Node's
 * own way, `--enable-source-maps`, parses the map while the bundle is loaded: a tenth of a cold start's processor time.
 * Turned on later, it leaves the stacks raw.
 */

let map: SourceMap | undefined;

const readMap = (): SourceMap => {
  const { readFileSync } = process.getBuiltinModule("node:fs");
  const { SourceMap } = process.getBuiltinModule("node:module");
  return new SourceMap(JSON.parse(readFileSync(new URL(`${import.meta.url}.map`), "utf8")));
};

/** The place in our sources, `functions/x/x.ts:12:3`; a library's place stays the one in the bundle. */
const sourceOf = (bundled: string, line: string, column: string): string => {
  map ??= readMap();
  const found: Partial<SourceMapping> = map.findEntry(Number(line) - 1, Number(column) - 1);
  const { originalSource, originalLine = 0, originalColumn = 0 } = found;
  if (originalSource === undefined) return bundled;
  // the map names sources as seen from where it was built
  return `${originalSource.replace(/^(\.\.\/)+/, "")}:${originalLine + 1}:${originalColumn + 1}`;
};

Error.prepareStackTrace = (error, frames) => {
  const stack = [Error.prototype.toString.call(error), ...frames].join("\n    at ");
  try {
    return stack.replaceAll(new RegExp(`${import.meta.url}:(\\d+):(\\d+)`, "g"), sourceOf);
  } catch {
    // no map, or none that can be read: a raw stack says more than a failure to read it
    return stack;
  }
};
