import { listExports } from "#shared/exports/usage-export";
import { callTimeoutMs } from "#shared/gradient/lost-calls";
import { setLogLevel } from "#shared/logger";
import { bucketOf } from "#shared/usage/ledger";
import { playHistory } from "../history/play.ts";
import { customerId, partnerIdOf } from "../history/rows.ts";
import { brokenAtTheEnd } from "../invariants/at-the-end.ts";
import { watchWishes } from "../invariants/wishes.ts";
import { type CallFate, fairWeather, landsWithinMs, type Weather } from "../world/weather.ts";
import { worldOf } from "../world/world.ts";
import { calmHistory, noon } from "./calm-history.ts";
import { sample } from "./sample.ts";

setLogLevel("SILENT");

/**
 * Which call is held up: on its way, so that its effect comes late, or its answer, so that the process stands still for
 * so long. A count's way is bounded: it lands as late as it can, and gets no answer. With `death` the process dies
 * right after the call.
 */
export interface Stall {
  step: number;
  where: "way" | "answer" | "death";
  ms: number;
  course: Course;
}

interface Course {
  /** What the hub counts before each of three runs, and when the second and the third follow. */
  counts: [number, number, number];
  followMs: [number, number];
}

const customers = 3;
const ledgerBits = 1;

const stalling = ({ step, where, ms }: Stall) => {
  let steps = 0;
  const isHit = () => {
    steps += 1;
    return steps - 1 === step;
  };
  const late = { hears: "reset", answersMs: callTimeoutMs, reachesMs: landsWithinMs - 1 } as const;
  const heldCall: CallFate = {
    ...fairWeather.callFate(undefined as never, true),
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
    callFate: (process, isCount) => (isHit() ? heldCall : fairWeather.callFate(process, isCount)),
  };
  return { weather, steps: () => steps };
};

/** The customer whose line comes last: unmapped, it leaves the views to a call of their own. */
const lastCustomer = Array.from({ length: customers }, (_, index) => index).reduce((last, index) =>
  bucketOf(customerId(index), ledgerBits) >= bucketOf(customerId(last), ledgerBits) ? index : last,
);
const history = calmHistory({ customers, ledgerBits, unmapped: [lastCustomer] });
const checkedMs = 500_000;
const settleMs = 2 * 3_600_000;

/**
 * Runs follow each other while one call of the whole is held up, and every message comes twice: whoever wakes must not
 * harm what others have done meanwhile.
 */
export const runStalled = async (stall: Stall, trace?: (text: string) => void) => {
  const { weather, steps } = stalling(stall);
  const { counts, followMs } = stall.course;
  const world = worldOf(history, { weather, trace });
  const { line, queues, accusations, table } = world;
  const wishes = watchWishes(world);
  const [partner] = playHistory(world).partners;
  /** All numbers change. */
  const count = (unitCount: number) => {
    for (let index = 0; index < customers; index += 1) partner?.measure(index, [{ service: 0, unitCount }]);
  };
  const sendTwice = async () => {
    partner?.send({ mode: "changes" });
    const [last] = (await listExports(table, partnerIdOf(0), { limit: 1 })).items;
    if (last)
      queues.repeat({ kind: "export-usage", lane: "on-demand", partnerId: last.partnerId, exportId: last.id, leg: 0 });
  };
  const run = (ms: number, tries: number): void => {
    // refused while the one before is still on its way
    for (let more = 0; more < tries; more += 1) line.at(noon + ms + more * 12_000, () => void sendTwice(), true);
  };
  count(counts[0]);
  run(1_000, 4);
  line.at(noon + followMs[0] - 5_000, () => count(counts[1]), true);
  run(followMs[0], 6);
  line.at(noon + followMs[1] - 5_000, () => count(counts[2]), true);
  run(followMs[1], 8);
  await line.run(noon + checkedMs);
  // what comes after is the check, not the thing to be checked
  const checked = steps();
  await line.run(line.now() + settleMs);
  return { steps: checked, faults: [...accusations, ...(await brokenAtTheEnd(world, wishes))] };
};

const waits = [25_000, 85_000, 170_000];
const allStalls = [
  ...waits.flatMap((ms) => [{ where: "way", ms } as const, { where: "answer", ms } as const]),
  { where: "death", ms: 0 } as const,
];
// one that shows who sends the oldest number again, and one whose first number comes back: it must not pass for one
// that Gradient holds
const courses: Course[] = [
  { counts: [1, 2, 3], followMs: [25_000, 100_000] },
  { counts: [1, 2, 1], followMs: [100_000, 180_000] },
];

const shownAtMost = 5;

/** Steps held up in every way, of all these one in `oneIn`; answers what went wrong. */
export const stalledAt = async ({ oneIn }: { oneIn: number }): Promise<string[]> => {
  const isChosen = sample(oneIn);
  const found: string[] = [];
  for (const course of courses) {
    const { steps } = await runStalled({ step: -1, where: "way", ms: 0, course });
    for (let step = 0; step < steps; step += 1) {
      for (const { where, ms } of allStalls) {
        if (!isChosen()) continue;
        const { faults } = await runStalled({ step, where, ms, course });
        if (faults.length === 0) continue;
        found.push(`step ${step}, ${where} ${ms} ms, ${course.counts}: ${faults.join("; ")}`);
        if (found.length >= shownAtMost) return found;
      }
    }
  }
  return found;
};
