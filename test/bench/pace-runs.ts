import type { Task } from "#shared/outbox/outbox";
import { paceOf } from "./pace-of.ts";
import { allLimits } from "./pace-settings.ts";
import { megabytes, oneDecimal, print } from "./report.ts";
import type { Memory, PaceRig, Worker } from "./rig/pace-rig.ts";

const typical = { latencyMs: 200, jitterMs: 50, limits: allLimits };

const carryTimed = async (rig: PaceRig, worker: Worker, task: Task): Promise<number> => {
  const startedAt = performance.now();
  await worker.carry(task);
  const { state, outcome, totals } = await rig.find(task);
  if (state !== "finished" || outcome !== "succeeded")
    throw new Error(`An export ended ${outcome}: ${JSON.stringify(totals)}`);
  return (performance.now() - startedAt) / 1000;
};

/** From its message to its end, planning included. */
export const wholeRun = async (rig: PaceRig, worker: Worker, lines: number) => {
  await rig.addPartner("org-whole", lines);
  await rig.set(typical);
  const cpuBefore = await cpuOf(worker);
  const seconds = await carryTimed(rig, worker, await rig.start("org-whole", "schedule"));
  const cpu = (await cpuOf(worker)) - cpuBefore;
  const { refused, steady } = paceOf(await rig.stats());
  const { peakBytes } = await worker.process.ask<Memory>("memory");
  print(
    `\n${lines} lines: ${oneDecimal(seconds)} s from the message to the end, ${oneDecimal(steady)} a second, ${refused} × 429, ${oneDecimal(cpu)} s of processor time, peak memory ${megabytes(peakBytes)} MB.`,
  );
};

const cpuOf = (worker: Worker) => worker.process.ask<number>("cpuSeconds");

const smallLines = 160;

export const onDemandIdle = async (rig: PaceRig, worker: Worker) => {
  await rig.addPartner("org-small", smallLines);
  await rig.set(typical);
  const seconds = await carryTimed(rig, worker, await rig.start("org-small", "manual"));
  print(`\n${smallLines} lines on demand, nothing else running: ${oneDecimal(seconds)} s.`);
};

const sleepMs = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until the run sends, then starts the small one; the large one is left unfinished. */
export const onDemandBeside = async (rig: PaceRig, small: Worker, large: Worker, largeLines: number) => {
  await rig.set(typical);
  const task = await rig.start("org-large", "schedule");
  const startedAt = performance.now();
  large.carry(task).catch(() => undefined);
  while ((await rig.find(task)).chunks === null) await sleepMs(100);
  const plannedIn = (performance.now() - startedAt) / 1000;
  await sleepMs(10_000);
  const seconds: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    seconds.push(oneDecimal(await carryTimed(rig, small, await rig.start("org-small", "manual"))));
    await sleepMs(2000);
  }
  const { refused, steady } = paceOf(await rig.stats());
  large.process.stop();
  print(
    `\n${smallLines} lines on demand beside a scheduled export of ${largeLines} lines (planned in ${oneDecimal(plannedIn)} s): ${seconds.join(", ")} s; ${oneDecimal(steady)} a second together, ${refused} × 429.`,
  );
  await rig.forgetRun("org-large", 0);
};

/** Memory at tenths of the run: flat, or growing with the lines? */
export const memoryOver = async (rig: PaceRig, worker: Worker, lines: number, limits = allLimits) => {
  await rig.set({ latencyMs: 20, jitterMs: 0, limits });
  await worker.process.ask<Memory>("memory");
  const seconds = await carryTimed(rig, worker, await rig.start("org-large", "schedule"));
  const { accepted, refused } = paceOf(await rig.stats());
  const { peakBytes, samples } = await worker.process.ask<Memory>("memory");
  const tenths = Array.from({ length: 10 }, (_, tenth) =>
    megabytes(samples[Math.floor(((tenth + 0.9) * samples.length) / 10)] ?? 0),
  );
  print(
    `\n${lines} lines in ${oneDecimal(seconds)} s (${accepted} accepted, ${refused} × 429): memory ${tenths.join(", ")} MB over the run, peak ${megabytes(peakBytes)} MB.`,
  );
};
