import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { runInThreads } from "./seed-threads.ts";
import { describeOutcome } from "./seeds.ts";
import { simulate } from "./simulate.ts";

/** `npm run simulate -- --seeds 1000000 --from 1`, and with `--trace` every step of each history. */
const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "10000" },
    from: { type: "string", default: "1" },
    threads: { type: "string", default: String(availableParallelism()) },
    /** Stops at the first broken seed. */
    "until-broken": { type: "boolean", default: false },
    trace: { type: "boolean", default: false },
  },
});
const from = Number(values.from);
const seeds = Number(values.seeds);
const print = (text: string) => void process.stdout.write(`${text}\n`);
// a bug in the service may break thousands of histories alike
const shownAtMost = 20;

const traceAll = async (): Promise<number> => {
  let broken = 0;
  for (let seed = from; seed < from + seeds; seed += 1) {
    const outcome = await simulate(seed, print);
    if (outcome.faults.length > 0) {
      broken += 1;
      print(describeOutcome(outcome));
    } else print(`seed ${seed}: every invariant holds`);
  }
  return broken;
};

const runAll = async (): Promise<number> => {
  const startedAt = Date.now();
  let done = 0;
  let shown = 0;
  let nextTold = startedAt + 10_000;
  const broken = await runInThreads(
    { from, seeds, untilBroken: values["until-broken"] },
    Number(values.threads),
    (part, found) => {
      done += part.seeds;
      for (const outcome of found) {
        shown += 1;
        if (shown <= shownAtMost) print(describeOutcome(outcome));
      }
      if (Date.now() < nextTold) return;
      nextTold += 10_000;
      print(`${done} of ${seeds} seeds, ${((done / (Date.now() - startedAt)) * 1000).toFixed(0)} a second`);
    },
  );
  const seconds = (Date.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage();
  const cpu = ((user + system) / 1000 / seeds).toFixed(2);
  print(`${seeds} seeds from ${from}: ${broken.length} broken, ${seconds.toFixed(1)} s, ${cpu} ms of CPU a seed`);
  return broken.length;
};

const broken = await (values.trace ? traceAll() : runAll());
process.exitCode = broken > 0 ? 1 : 0;
