import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { findBrowser } from "./test/browser/find-browser.ts";

// takes every core for itself, so it comes after the others
const seeds = "test/simulation/seeds.test.ts";

const inBrowsers = "test/browser/**/*.test.ts";
const hasBrowser = (await findBrowser()) !== undefined;
if (!hasBrowser) {
  const what =
    "BROWSER TESTS DO NOT RUN: there is no Chromium, Chrome or Edge here, and BROWSER_EXECUTABLE names none.";
  // where all has to be tested, a part that cannot be is a failure
  if (process.env.BROWSER_REQUIRED) throw new Error(what);
  process.stderr.write(`\n${"!".repeat(what.length)}\n${what}\n${"!".repeat(what.length)}\n\n`);
}

export default defineConfig({
  test: {
    setupFiles: ["test/quiet.ts"],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: "seeds", include: [seeds], sequence: { groupOrder: 1 } } },
      {
        extends: true,
        test: {
          name: "all others",
          include: ["test/**/*.test.ts"],
          exclude: [seeds, inBrowsers],
          // one more than there are cores: the longest file waits most of its time for a running system
          maxWorkers: availableParallelism() + 1,
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
