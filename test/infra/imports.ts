import { globSync, readFileSync } from "node:fs";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../..");
const statement = /^(?:import|export)\s+(type\s+)?(?:[\w$*{},\s]+\sfrom\s+)?"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)/gm;

export interface Import {
  file: string;
  /** As it stands in the file. */
  source: string;
  /** A file's path from the root of the repository, or a package's name. */
  target: string;
  typeOnly: boolean;
}

export const anImport = (file: string, source: string, typeOnly = false): Import => {
  const pathOf = () => {
    if (source.startsWith("#")) return `${source.slice(1)}.ts`;
    return source.startsWith(".") ? path.posix.join(path.posix.dirname(file), source) : source;
  };
  return { file, source, target: pathOf().replace("node_modules/", ""), typeOnly };
};

const folders = "{api,client,functions,shared,infra,local,operations,test}";

export const sourceFiles = (): string[] => globSync(`${folders}/**/*.{ts,tsx}`, { cwd: root }).sort();

export const textOf = (file: string): string => readFileSync(path.join(root, file), "utf8");

/** Every import and re-export of the sources, the dynamic ones too. */
export const importsOfSources = (): Import[] =>
  sourceFiles().flatMap((file) =>
    [...textOf(file).matchAll(statement)].map(([, type, named, dynamic]) =>
      anImport(file, named ?? dynamic ?? "", type !== undefined),
    ),
  );

/** The imports that lead from a node back to it, where there is such a circle; every import within a node is fine. */
export const circleOf = (imports: Import[], nodeOf: (file: string) => string): Import[] => {
  const leaving = new Map<string, Import[]>();
  for (const one of imports) {
    const node = nodeOf(one.file);
    if (node !== nodeOf(one.target)) leaving.set(node, [...(leaving.get(node) ?? []), one]);
  }
  const onward = (node: string) => leaving.get(node)?.find(({ target }) => leaving.has(nodeOf(target)));
  // whoever leads only to nodes in no circle is in none; what is left goes round
  for (let before = -1; before !== leaving.size; ) {
    before = leaving.size;
    for (const node of leaving.keys()) if (!onward(node)) leaving.delete(node);
  }
  const way: Import[] = [];
  for (let node = [...leaving.keys()][0]; node !== undefined; ) {
    const next = onward(node);
    if (!next) break;
    const seen = way.indexOf(next);
    if (seen >= 0) return way.slice(seen);
    way.push(next);
    node = nodeOf(next.target);
  }
  return way;
};
