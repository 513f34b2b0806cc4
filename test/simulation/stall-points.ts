import { setLogLevel } from "#shared/logger";
import { bucketOf } from "#shared/usage/ledger";
import { toUsageItem } from "#shared/usage/usage";
import { brokenInvariants } from "./invariants.ts";
import { seededRandom } from "./random.ts";
import { at, customerId, fillGradient, firstToken, type Layout, rowsOf } from "./scenario.ts";
import { partnerId, type SimulatedService, secretName, simulatedService, startsAt } from "./service.ts";
import { settle } from "./simulate.ts";
import { callTimeoutMs, fairWeather, landsWithinMs, type PostFate, type Weather } from "./weather.ts";

setLogLevel("SILENT");

/**
 * Which call is held up: on its way, so that its effect comes late, or its answer, so that the process stands still for so long. A
 * count's way is bounded: it lands as late as it can, and gets no answer. With `death` the process dies right after the call.
 */
export interface Stall {
  step: number;
  where: "way" | "answer" | "death";
  ms: number;
  history: History;
}

interface History {
  /** What the hub counts before each of three runs, and when the second and the third follow. */
  counts: [number, number, number];
  followMs: [number, number];
}

const layout: Layout = { customers: 3, services: 1, ledgerBits: 1, isActive: false };

const stalling = ({ step, where, ms }: Stall) => {
  let steps = 0;
  const isHit = () => {
    steps += 1;
    return steps - 1 === step;
  };
  const late = {
    answer: { kind: "in-doubt", reason: "late" },
    answersMs: callTimeoutMs,
    landsMs: landsWithinMs - 1,
  } as const;
  const heldPost: PostFate = {
    ...fairWeather.postFate(),
    ...(where === "answer" ? { pauseMs: ms } : late),
    dies: where === "death" ? "after" : null,
  };
  const weather: Weather = {
    fateOf: (process, kind) => {
      const fate = fairWeather.fateOf(process, kind);
      if (!isHit()) return fate;
      if (where === "death") return { ...fate, dies: "after" };
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
    const version = line.now() - startsAt + 2;
    table.apply([{ put: toUsageItem({ partnerId, customerId: customerId(index), counts, version }) }]);
  }
};

/** The customer whose line comes last: unmapped, it leaves the views to a call of their own. */
const lastCustomer = Array.from({ length: layout.customers }, (_, index) => index).reduce((last, index) =>
  bucketOf(customerId(index), layout.ledgerBits) >= bucketOf(customerId(last), layout.ledgerBits) ? index : last,
);

/**
 * Runs follow each other while one call of the whole is held up, and every message comes twice: whoever wakes must not harm what others
 * have done meanwhile.
 */
const runStalled = async (stall: Stall, trace?: (text: string) => void) => {
  const { weather, steps } = stalling(stall);
  const { counts, followMs } = stall.history;
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
  fillGradient(service.gradient, layout, (index) => index !== lastCustomer);
  count(service, counts[0]);
  const run = (id: string, ms: number, tries: number): void => {
    const start = () => {
      service.start({ id, trigger: "manual", mode: "changes" });
      queue.repeat({ kind: "export-usage", lane: "on-demand", partnerId, exportId: id, leg: 0 });
    };
    // refused while the one before is still on its way
    for (let more = 0; more < tries; more += 1) line.at(startsAt + ms + more * 12_000, start, true);
  };
  run("run-1", 0, 4);
  line.at(startsAt + followMs[0] - 5_000, () => count(service, counts[1]), true);
  run("run-2", followMs[0], 6);
  line.at(startsAt + followMs[1] - 5_000, () => count(service, counts[2]), true);
  run("run-3", followMs[1], 8);
  await line.run(startsAt + 500_000);
  // what comes after is the check, not the thing to be checked
  const checked = steps();
  await settle(service);
  return { steps: checked, faults: await brokenInvariants(service) };
};

const waits = [25_000, 85_000, 170_000];
const allStalls = [
  ...waits.flatMap((ms) => [{ where: "way", ms } as const, { where: "answer", ms } as const]),
  { where: "death", ms: 0 } as const,
];
// one that shows who sends the oldest number again, and one whose first number comes back: it must not pass for one that Gradient holds
const histories: History[] = [
  { counts: [1, 2, 3], followMs: [25_000, 100_000] },
  { counts: [1, 2, 1], followMs: [100_000, 180_000] },
];

const shownAtMost = 5;

/** Every step held up in every way; answers what went wrong. */
export const stalledEverywhere = async (): Promise<string[]> => {
  const found: string[] = [];
  for (const history of histories) {
    const { steps } = await runStalled({ step: -1, where: "way", ms: 0, history });
    for (let step = 0; step < steps; step += 1) {
      for (const { where, ms } of allStalls) {
        const { faults } = await runStalled({ step, where, ms, history });
        if (faults.length === 0) continue;
        found.push(`step ${step}, ${where} ${ms} ms, ${history.counts}: ${faults.join("; ")}`);
        if (found.length >= shownAtMost) return found;
      }
    }
  }
  return found;
};
