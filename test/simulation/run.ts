import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import * as z from "zod";
import { makeHistory } from "./history/make-history.ts";
import { shrink } from "./history/shrink.ts";
import { tellHistory } from "./history/tell.ts";
import { runInThreads } from "./seed-threads.ts";
import { describeOutcome, type Outcome, ruleOf } from "./seeds.ts";
import { simulate } from "./simulate.ts";

/**
 * `npm run simulate -- --kind fleet --seeds 100000 --from 1`, in stretches with `--minutes 10`; with `--trace` every
 * step of each history, with `--shrink` its shortest story.
 */
const { values } = parseArgs({
  options: {
    kind: { type: "string", default: "partner" },
    seeds: { type: "string", default: "10000" },
    from: { type: "string", default: "1" },
    threads: { type: "string", default: String(availableParallelism()) },
    /** Stops at the first broken seed. */
    "until-broken": { type: "boolean", default: false },
    /** Stops after so long, and tells where to go on. */
    minutes: { type: "string", default: "Infinity" },
    trace: { type: "boolean", default: false },
    shrink: { type: "boolean", default: false },
  },
});
const kind = z.enum(["partner", "fleet"]).parse(values.kind);
const from = Number(values.from);
const seeds = Number(values.seeds);
const print = (text: string) => void process.stdout.write(`${text}\n`);
// a bug in the service may break thousands of histories alike
const shownAtMost = 20;

const playOne = async (seed: number): Promise<boolean> => {
  const whole = makeHistory(seed, kind);
  const { history } = values.shrink ? await shrink(whole, simulate) : { history: whole };
  print(tellHistory(history));
  const faults = await simulate(history, values.trace ? { trace: print } : {});
  print(faults.length > 0 ? describeOutcome({ kind, seed, faults }) : `${kind} ${seed}: every invariant holds`);
  return faults.length === 0;
};
const playAll = async (): Promise<number> => {
  let broken = 0;
  for (let seed = from; seed < from + seeds; seed += 1) broken += Number(!(await playOne(seed)));
  return broken;
};

const runAll = async (): Promise<number> => {
  const startedAt = Date.now();
  const rules = new Map<string, number>();
  let done = 0;
  let shown = 0;
  let nextTold = startedAt + 10_000;
  const show = (outcome: Outcome) => {
    const rule = ruleOf(outcome.faults[0] ?? ":");
    rules.set(rule, (rules.get(rule) ?? 0) + 1);
    shown += 1;
    if (shown <= shownAtMost) print(describeOutcome(outcome));
  };
  const endsAt = startedAt + Number(values.minutes) * 60_000;
  const range = { kind, from, seeds, untilBroken: values["until-broken"], endsAt };
  const broken = await runInThreads(range, Number(values.threads), (part, found) => {
    done += part.seeds;
    for (const outcome of found) show(outcome);
    if (Date.now() < nextTold) return;
    nextTold += 10_000;
    print(`${done} of ${seeds} seeds, ${((done / (Date.now() - startedAt)) * 1000).toFixed(0)} a second`);
  });
  const seconds = (Date.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage();
  const cpu = ((user + system) / 1000 / done).toFixed(2);
  for (const [rule, count] of rules) print(`${rule}: ${count}`);
  const goOn = done < seeds ? `; goes on with --from ${from + done}` : "";
  print(
    `${done} seeds of a ${kind}, ${from} to ${from + done - 1}: ${broken.length} broken, ${seconds.toFixed(1)} s, ` +
      `${cpu} ms of CPU a seed${goOn}`,
  );
  return broken.length;
};

const broken = await (values.trace || values.shrink ? playAll() : runAll());
process.exitCode = broken > 0 ? 1 : 0;
