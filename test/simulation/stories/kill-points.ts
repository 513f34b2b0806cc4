import type { Item } from "#shared/table/table";
import type { History } from "../history/history.ts";
import { type Wishes, watchWishes } from "../invariants/wishes.ts";
import type { Fate } from "../world/processes.ts";
import { seededRandom } from "../world/random.ts";
import { fairWeather, type Weather } from "../world/weather.ts";
import { type World, worldOf } from "../world/world.ts";
import { sample } from "./sample.ts";

/** The process that makes this call, the n-th of all from 0, dies right before it or right after it. */
export interface Kill {
  step: number;
  when: "before" | "after";
}

/** A scripted flow: what people do, each act repeated until it has succeeded, and what is left of it all. */
export interface Flow {
  history: History;
  amendRows?: (rows: Item[]) => Item[];
  run: (world: World, wishes: Wishes) => Promise<void>;
  /** What has to come out the same, whatever was killed. */
  endState: (world: World, wishes: Wishes) => Promise<unknown>;
}

export interface End {
  state: unknown;
  steps: number;
  accusations: string[];
}

const killing = (kills: Kill[]) => {
  let steps = 0;
  const dies = (): Fate["dies"] => {
    const kill = kills.find(({ step }) => step === steps);
    steps += 1;
    return kill?.when ?? null;
  };
  const weather: Weather = {
    fateOf: (process, kind) => ({ ...fairWeather.fateOf(process, kind), dies: dies() }),
    callFate: (process, isCount) => ({ ...fairWeather.callFate(process, isCount), dies: dies() }),
  };
  return { weather, steps: () => steps };
};

/** The whole flow with these deaths in it; killed messages are delivered again. */
const runFlow = async ({ history, amendRows, run, endState }: Flow, kills: Kill[]): Promise<End> => {
  const { weather, steps } = killing(kills);
  const world = worldOf(history, { weather, ...(amendRows ? { amendRows } : {}) });
  const wishes = watchWishes(world);
  await run(world, wishes);
  const counted = steps();
  return { state: await endState(world, wishes), steps: counted, accusations: world.accusations };
};

/** What is left of it when nobody dies. */
export const calmEnd = async (flow: Flow): Promise<unknown> => (await runFlow(flow, [])).state;

/** What is wrong with the end that the flow came to with these deaths, compared to none. */
const fault = async (flow: Flow, calm: End, kills: Kill[]): Promise<string[]> => {
  const { state, accusations } = await runFlow(flow, kills);
  const told = kills.map(({ step, when }) => `${when} ${step}`).join(" and ");
  if (accusations.length > 0) return [`killed ${told}: ${accusations.join("; ")}`];
  const [ended, wanted] = [JSON.stringify(state), JSON.stringify(calm.state)];
  return ended === wanted ? [] : [`killed ${told}: ended in ${ended} instead of ${wanted}`];
};

const whens = ["before", "after"] as const;
// a recovery takes about so many
const recoverySteps = 20;
const singles = (steps: number): Kill[] =>
  Array.from({ length: steps }, (_, step) => whens.map((when) => ({ step, when }))).flat();

/** Each step is killed once before and once after, alone. */
export const killedOnce = async (flow: Flow): Promise<string[]> => {
  const calm = await runFlow(flow, []);
  const found = [...calm.accusations];
  for (const kill of singles(calm.steps)) found.push(...(await fault(flow, calm, [kill])));
  return found;
};

/**
 * Each step is killed alone, before and after in turn: to die after one step leaves what dying before the next one
 * leaves, as long as they follow each other.
 */
export const killedInTurn = async (flow: Flow): Promise<string[]> => {
  const calm = await runFlow(flow, []);
  const found = [...calm.accusations];
  for (let step = 0; step < calm.steps; step += 1)
    found.push(...(await fault(flow, calm, [{ step, when: step % 2 === 0 ? "before" : "after" }])));
  return found;
};

/**
 * After a death a second one, at a later step or at one of the recovery: so many pairs, chosen by chance and always the
 * same. For flows of which not even each single death can be played first.
 */
export const killedInPairs = async (flow: Flow, { pairs }: { pairs: number }): Promise<string[]> => {
  const calm = await runFlow(flow, []);
  const random = seededRandom(1);
  const found: string[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    const step = Math.floor(random.between(0, calm.steps));
    // most second deaths close to the first: that is where somebody takes up what the first has left
    const later = step + 1 + Math.floor(random.between(0, 1) ** 2 * (calm.steps - step + recoverySteps));
    const kills = [step, later].map((at) => ({ step: at, when: random.pick([...whens]) }));
    found.push(...(await fault(flow, calm, kills)));
  }
  return found;
};

/**
 * After a death a second one, at a later step or at one of the recovery: of all pairs one in `oneIn`, chosen by chance,
 * and always the same.
 */
export const killedTwice = async (flow: Flow, { oneIn }: { oneIn: number }): Promise<string[]> => {
  const calm = await runFlow(flow, []);
  const isChosen = sample(oneIn);
  const found: string[] = [];
  for (const first of singles(calm.steps)) {
    const { steps } = await runFlow(flow, [first]);
    for (let step = first.step + 1; step < steps; step += 1) {
      if (!isChosen()) continue;
      const when = (step + first.step) % 2 === 0 ? "before" : "after";
      found.push(...(await fault(flow, calm, [first, { step, when }])));
    }
  }
  return found;
};
