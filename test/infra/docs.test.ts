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
