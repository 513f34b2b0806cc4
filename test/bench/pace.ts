import { parseArgs } from "node:util";
import { paceByMemory } from "./pace-memory.ts";
import { memoryOver, onDemandBeside, onDemandIdle, wholeRun } from "./pace-runs.ts";
import { type Extent, inEverySetting, peers } from "./pace-settings.ts";
import { machine, print } from "./report.ts";
import { type PaceRig, paceRig } from "./rig/pace-rig.ts";

const { values: options } = parseArgs({
  options: { quick: { type: "boolean" }, long: { type: "boolean" }, only: { type: "string" }, mb: { type: "string" } },
});

// in nine settings, with --long 100,800 lines
const extent: Extent = options.quick
  ? { latencies: [1000], jitters: [50], lines: 760, peerMs: 7000 }
  : { latencies: [50, 200, 1000], jitters: [0, 20, 50], lines: options.long ? 11_200 : 1520, peerMs: 12_000 };
const largeLines = 100_000;

const parts: Record<string, (rig: PaceRig) => Promise<void>> = {
  one: async (rig) => inEverySetting(rig, [await rig.worker()], extent),
  eight: async (rig) => inEverySetting(rig, await Promise.all(Array.from({ length: 8 }, () => rig.worker())), extent),
  peers: (rig) => peers(rig, extent),
  idle: async (rig) => onDemandIdle(rig, await rig.worker()),
  ten: async (rig) => wholeRun(rig, await rig.worker(), 10_000),
  large: async (rig) => {
    await rig.addPartner("org-large", largeLines);
    await onDemandIdle(rig, await rig.worker());
    await onDemandBeside(rig, await rig.worker(), await rig.worker(), largeLines);
    const fast = await rig.worker({ folder: "fast-export-usage" });
    await memoryOver(rig, fast, largeLines, []);
    // with everything in the ledger, in a process that has had one run
    await memoryOver(rig, fast, largeLines, []);
  },
  memory: () => paceByMemory({ lines: options.quick ? 950 : 5700, memories: options.mb?.split(",").map(Number) }),
  hundred: async (rig) => {
    await rig.addPartner("org-large", largeLines);
    await memoryOver(rig, await rig.worker(), largeLines);
  },
};

const chosen = (): string[] => {
  if (options.only) return options.only.split(",");
  if (options.quick) return ["one", "eight", "peers", "idle"];
  return options.long ? ["one", "eight", "hundred"] : ["one", "eight", "peers", "ten", "large"];
};

const startedAt = performance.now();
print(`## bench:pace ${options.quick ? "--quick " : ""}(${machine()})`);
print(
  "\nEvery Gradient here refuses what a sliding window, a fixed window or a bucket of ten would: 100 a second each.",
);
const rig = await paceRig();
try {
  for (const name of chosen()) await parts[name]?.(rig);
} finally {
  await rig.close();
}
print(`\nTook ${((performance.now() - startedAt) / 60_000).toFixed(1)} minutes (${machine()}).`);
process.exit();
