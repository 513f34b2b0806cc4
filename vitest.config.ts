import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { findBrowser } from "./test/browser/find-browser.ts";

// takes every core for itself, so it comes after the others
const seeds = "test/simulation/seeds.test.ts";

// What keeps nothing behind in its process: these share one, and load what they test once. They use no fake clock of
// vitest's, and put back what they replace.
const inOneProcess = ["functions", "shared", "rows", "api", "infra"].map((folder) => `test/${folder}/**/*.test.ts`);

const inBrowsers = "test/browser/**/*.test.ts";
const hasBrowser = (await findBrowser()) !== undefined;
if (!hasBrowser) {
  const what =
    "BROWSER TESTS DO NOT RUN: there is no Chromium, Chrome or Edge here, and BROWSER_EXECUTABLE names none.";
  // where all has to be tested, a part that cannot be is a failure
  if (process.env.BROWSER_REQUIRED) throw new Error(what);
  process.stderr.write(`\n${"!".repeat(what.length)}\n${what}\n${"!".repeat(what.length)}\n\n`);
}

// Those that wait for a running system most of their time begin first, and the rest goes on beside them. The sequencer
// puts whole projects one after the other, those with a process for each file first.
const longest = ["system/finished-mapping", "system/journey", "contract/table-agreement", "infra/findings", "system/"];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const found = longest.findIndex((part) => moduleId.includes(`/test/${part}`));
      return found < 0 ? longest.length : found;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

// two more than there are cores: the two longest files wait for a running system, not for the machine
const maxWorkers = availableParallelism() + 2;

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    setupFiles: ["test/quiet.ts"],
    // none takes ten seconds of a core; on a machine that has other work it may wait for one several times as long
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      { extends: true, test: { name: "seeds", include: [seeds], sequence: { groupOrder: 1 } } },
      {
        extends: true,
        test: {
          name: "all others",
          include: ["test/**/*.test.ts"],
          exclude: [seeds, inBrowsers, ...inOneProcess],
          maxWorkers,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "in one process",
          include: inOneProcess,
          isolate: false,
          maxWorkers,
          sequence: { groupOrder: 0 },
        },
      },
      ...(hasBrowser
        ? [
            {
              extends: true as const,
              // after the others: what waits for a page waits for the machine
              test: {
                name: "browser",
                include: [inBrowsers],
                testTimeout: 90_000,
                maxWorkers: 2,
                sequence: { groupOrder: 2 },
              },
            },
          ]
        : []),
    ],
  },
});
