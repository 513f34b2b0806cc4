import { parseArgs } from "node:util";
import { setLogLevel } from "#shared/logger";
import { describeOutcome, playMany } from "./histories.ts";
import { play } from "./history.ts";

/** `node test/simulation/breakers/run.ts --seeds 1000000 --from 1`, and with `--trace` every step of each history. */
const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "20000" },
    from: { type: "string", default: "1" },
    /** Stops at the first broken one. */
    "until-broken": { type: "boolean", default: false },
    trace: { type: "boolean", default: false },
  },
});
setLogLevel("SILENT");
const print = (text: string) => void process.stdout.write(`${text}\n`);
const [from, seeds] = [Number(values.from), Number(values.seeds)];

const traceAll = async () => {
  const outcomes = [];
  for (let seed = from; seed < from + seeds; seed += 1) outcomes.push(await play(seed, print));
  return outcomes.filter(({ faults }) => faults.length > 0);
};
const startedAt = performance.now();
// a bug may break thousands of histories alike
const broken = await (values.trace ? traceAll() : playMany({ from, seeds }, values["until-broken"] ? 1 : 20));
for (const outcome of broken.slice(0, 20)) print(describeOutcome(outcome));
const { user, system } = process.cpuUsage();
const [seconds, cpu] = [(performance.now() - startedAt) / 1000, (user + system) / 1000 / seeds];
print(
  `${seeds} histories from ${from}: ${broken.length} broken, ${seconds.toFixed(1)} s, ${cpu.toFixed(2)} ms of CPU each`,
);
process.exitCode = broken.length > 0 ? 1 : 0;
