import { defineConfig } from "vitest/config";

// takes every core for itself, so it comes after the others
const seeds = "test/simulation/seeds.test.ts";

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
          exclude: [seeds],
          // by default one core stays idle, which on two is half of the machine
          maxWorkers: "100%",
          sequence: { groupOrder: 0 },
        },
      },
    ],
  },
});
