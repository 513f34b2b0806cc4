import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
const pages = globSync(["*.md", "docs/**/*.md", "local/**/*.md"], { cwd: root, exclude: ["local/.state/**"] }).sort();
const textOf = (page: string) => readFileSync(path.join(root, page), "utf8");

/** The files and folders that a page links to or names, from the root of the repository. */
const placesIn = (page: string): string[] => {
  const text = textOf(page);
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, to]) =>
    path.posix.join(path.posix.dirname(page), to ?? ""),
  );
  const named = [...text.matchAll(/`((?:functions|shared|infra|local|test|docs)\/[\w./-]*[\w/])`/g)];
  return [...links, ...named.map(([, place]) => place ?? "")];
};

/** GitHub's anchors of a page's headings. */
const anchorsIn = (page: string): string[] =>
  [...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    (heading ?? "")
      .toLowerCase()
      .replace(/[^\p{L}\p{N} -]/gu, "")
      .replaceAll(" ", "-"),
  );

describe("the documents", () => {
  it.each(pages)("%s names only what is there", (page) => {
    // what the service keeps at run time is not in the repository
    const gone = placesIn(page).filter((place) => place !== "local/.state" && !existsSync(path.join(root, place)));
    expect(gone).toEqual([]);
  });

  it("map at least forty files", () => {
    expect(placesIn("docs/architecture.md").filter((place) => path.extname(place) !== "").length).toBeGreaterThan(40);
  });

  it.each(pages)("%s links only to headings that are there", (page) => {
    const links = [...textOf(page).matchAll(/\]\(([\w./-]*)#([\w-]+)\)/g)];
    const broken = links.filter(([, to, anchor]) => {
      const target = to ? path.posix.join(path.posix.dirname(page), to) : page;
      return !anchorsIn(target).includes(anchor ?? "");
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });
});

it("the runbook's commands name no variable that the page does not set before", () => {
  const set = new Set<string>();
  const unset: string[] = [];
  for (const [, block = ""] of textOf("docs/runbook.md").matchAll(/^```sh\n(.*?)^```$/gms)) {
    for (const line of block.split("\n")) {
      const used = [...line.matchAll(/\$\{?([a-z_]+)/gi)].map(([, name = ""]) => name);
      unset.push(...used.filter((name) => !set.has(name)));
      const [, name] = /^\s*([a-z_]+)=/i.exec(line) ?? [];
      if (name !== undefined) set.add(name);
    }
  }

  expect(set.size).toBeGreaterThan(2);
  expect(unset).toEqual([]);
});

it("the runbook explains each error that is logged in words of its own", () => {
  const sources = globSync(["functions/**/*.ts", "shared/**/*.ts"], { cwd: root });
  const errors = sources.flatMap((file) =>
    [...textOf(file).matchAll(/logger\.error\(\s*"([^",]+)/g)].map(([, words = ""]) => words),
  );
  const runbook = textOf("docs/runbook.md").replace(/\s+/g, " ");

  expect(errors.length).toBeGreaterThan(15);
  expect(errors.filter((words) => !runbook.includes(words))).toEqual([]);
});
