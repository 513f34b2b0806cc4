import { setLogLevel } from "#shared/logger";
import { toUsageItem } from "#shared/usage/usage";
import { brokenInvariants } from "./invariants.ts";
import { seededRandom } from "./random.ts";
import { at, customerId, fillGradient, firstToken, type Layout, rowsOf } from "./scenario.ts";
import { partnerId, type SimulatedService, secretName, simulatedService, startsAt } from "./service.ts";
import { settle } from "./simulate.ts";
import { callTimeoutMs, fairWeather, landsWithinMs, type PostFate, type Weather } from "./weather.ts";

setLogLevel("SILENT");

/**
 * Where one call is held up, for how long: on its way, so that its effect comes late, or its answer, so that the process stands still.
 * A count's way is bounded: it lands as late as it can, and gets no answer.
 */
export interface Stall {
  step: number;
  where: "way" | "answer";
  ms: number;
}

const layout: Layout = { customers: 3, services: 1, ledgerBits: 1, isActive: false };

const stalling = ({ step, where, ms }: Stall) => {
  let steps = 0;
  const isHit = () => {
    steps += 1;
    return steps - 1 === step;
  };
  const heldPost: PostFate = {
    ...fairWeather.postFate(),
    ...(where === "answer"
      ? { pauseMs: ms }
      : { answer: { kind: "in-doubt", reason: "late" }, answersMs: callTimeoutMs, landsMs: landsWithinMs - 1 }),
  };
  const weather: Weather = {
    fateOf: (process, kind) => {
      const fate = fairWeather.fateOf(process, kind);
      if (!isHit()) return fate;
      return where === "way" ? { ...fate, reachesMs: ms } : { ...fate, pauseMs: ms };
    },
    postFate: () => (isHit() ? heldPost : fairWeather.postFate()),
    clear: () => undefined,
  };
  return { weather, steps: () => steps };
};

/** All numbers change. */
const count = ({ table, line }: SimulatedService, unitCount: number): void => {
  for (let index = 0; index < layout.customers; index += 1) {
    const counts = { s0: { unitCount, measuredAt: at(line.now()) } };
    table.apply([{ put: toUsageItem({ partnerId, customerId: customerId(index), counts, version: unitCount }) }]);
  }
};

/**
 * Runs follow each other while one call of the whole is held up, and every message comes twice: whoever wakes must not harm what others
 * have done meanwhile.
 */
export const runStalled = async (stall: Stall, trace?: (text: string) => void) => {
  const { weather, steps } = stalling(stall);
  const service = simulatedService({
    random: seededRandom(1),
    weather,
    rows: rowsOf(layout),
    ...(trace ? { trace } : {}),
  });
  const { line, queue } = service;
  service.clear();
  queue.clear();
  service.secrets.set(secretName, [firstToken]);
  fillGradient(service.gradient, layout, () => true);
  const run = (id: string, ms: number, tries: number): void => {
    const start = () => {
      service.start({ id, trigger: "manual", mode: "changes" });
      queue.repeat({ kind: "export-usage", lane: "on-demand", partnerId, exportId: id, leg: 0 });
    };
    // refused while the one before is still on its way
    for (let more = 0; more < tries; more += 1) line.at(startsAt + ms + more * 12_000, start, true);
  };
  run("run-1", 0, 4);
  line.at(startsAt + 20_000, () => count(service, 11), true);
  run("run-2", 25_000, 6);
  line.at(startsAt + 95_000, () => count(service, 12), true);
  run("run-3", 100_000, 8);
  await line.run(startsAt + 400_000);
  await settle(service);
  return { steps: steps(), faults: await brokenInvariants(service) };
};

const waits = [25_000, 85_000, 170_000];

/** Every step held up, on its way and on the way back, for each of the times; answers what went wrong. */
export const stalledEverywhere = async (): Promise<string[]> => {
  const { steps } = await runStalled({ step: -1, where: "way", ms: 0 });
  const found: string[] = [];
  for (let step = 0; step < steps; step += 1) {
    for (const where of ["way", "answer"] as const) {
      for (const ms of waits) {
        const { faults } = await runStalled({ step, where, ms });
        if (faults.length > 0) found.push(`step ${step} held up by ${ms} ms (${where}): ${faults.join("; ")}`);
      }
    }
  }
  return found;
};
