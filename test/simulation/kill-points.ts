import type { Item } from "#shared/table/table";
import type { Fate } from "./processes.ts";
import { seededRandom } from "./random.ts";
import { type SimulatedService, simulatedService } from "./service.ts";
import { fairWeather, type Weather } from "./weather.ts";

/** The process that makes this call, the n-th of all from 0, dies right before it or right after it. */
export interface Kill {
  step: number;
  when: "before" | "after";
}

/** A scripted flow: what people do, each act repeated until it has succeeded, and what is left of it all. */
export interface Flow {
  rows: () => Item[];
  run: (service: SimulatedService) => Promise<void>;
  /** What has to come out the same, whatever was killed. */
  endState: (service: SimulatedService) => Promise<unknown>;
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
    postFate: () => ({ ...fairWeather.postFate(), dies: dies() }),
    clear: () => undefined,
  };
  return { weather, steps: () => steps };
};

/** The whole flow with these deaths in it; killed messages are delivered again. */
const runFlow = async (flow: Flow, kills: Kill[], trace?: (text: string) => void): Promise<End> => {
  const { weather, steps } = killing(kills);
  const service = simulatedService({
    random: seededRandom(1),
    weather,
    rows: flow.rows(),
    ...(trace ? { trace } : {}),
  });
  service.clear();
  service.queue.clear();
  await flow.run(service);
  return { state: await flow.endState(service), steps: steps(), accusations: service.accusations };
};

/** What is wrong with the end that the flow came to with these deaths, compared to none. */
const fault = async (flow: Flow, calm: End, kills: Kill[]): Promise<string[]> => {
  const { state, accusations } = await runFlow(flow, kills);
  const told = kills.map(({ step, when }) => `${when} ${step}`).join(" and ");
  if (accusations.length > 0) return [`killed ${told}: ${accusations.join("; ")}`];
  const [ended, wanted] = [JSON.stringify(state), JSON.stringify(calm.state)];
  return ended === wanted ? [] : [`killed ${told}: ended in ${ended} instead of ${wanted}`];
};

const whens = ["before", "after"] as const;
const singles = (steps: number): Kill[] =>
  Array.from({ length: steps }, (_, step) => whens.map((when) => ({ step, when }))).flat();

/** Each step is killed once before and once after, alone. */
export const killedOnce = async (flow: Flow): Promise<string[]> => {
  const calm = await runFlow(flow, []);
  const found = [...calm.accusations];
  for (const kill of singles(calm.steps)) found.push(...(await fault(flow, calm, [kill])));
  return found;
};

/** After each death a second one, at every later step and at those of the recovery. Before and after alternate. */
export const killedTwice = async (flow: Flow): Promise<string[]> => {
  const calm = await runFlow(flow, []);
  const found: string[] = [];
  for (const first of singles(calm.steps)) {
    const { steps } = await runFlow(flow, [first]);
    for (let step = first.step + 1; step < steps; step += 1) {
      const when = (step + first.step) % 2 === 0 ? "before" : "after";
      found.push(...(await fault(flow, calm, [first, { step, when }])));
    }
  }
  return found;
};
