import { setLogLevel } from "#shared/logger";
import type { Post } from "../gradient/call.ts";
import { refusal } from "../gradient/call.ts";
import { playHistory } from "../history/play.ts";
import { fairWeather, type Weather } from "../world/weather.ts";
import { type World, worldOf } from "../world/world.ts";
import { calmHistory, noon } from "./calm-history.ts";

setLogLevel("SILENT");

interface Told {
  customer: string;
  unitCount: number;
  key: string;
  status: number;
}

/** The streams of a calm day: what is owed comes at once, unless a story has the stream down. */
const onlyPartner = (world: World) => {
  const [organization] = world.organizations;
  const [partner] = playHistory(world).partners;
  if (!organization || !partner) throw new Error("A calm day has one partner");
  return { organization, partner };
};

/**
 * The service from noon on, on a day when nothing fails by itself: one active partner, who is due in ten seconds and
 * mapped but for the customers named, and a Gradient that has accepted nothing of it yet. One service, so that a
 * customer is a line; the hub counts 0 for c0, 1 for c1 and 2 for c2. What goes wrong, a story says.
 */
export const calmDay = ({ unmapped = [] }: { unmapped?: number[] } = {}) => {
  const told: Told[] = [];
  let isStreamDown = false;
  let isForbidden: (post: Post) => boolean = () => false;
  const weather: Weather = {
    ...fairWeather,
    fateOf: (process, kind) => {
      const fate = fairWeather.fateOf(process, kind);
      return isStreamDown && process.name.startsWith("relay") ? { ...fate, dies: "before" } : fate;
    },
  };
  const world = worldOf(calmHistory({ unmapped, dueInMs: 10_000 }), { weather });
  const { line, vendor, running, accusations } = world;
  const { organization, partner } = onlyPartner(world);

  const { receive } = vendor;
  vendor.receive = (call, post) => {
    const answer = post && isForbidden(post) ? refusal(403, "no") : receive(call, post);
    if (post && answer) {
      const [customer = ""] = post.line.split("/");
      told.push({ customer, unitCount: post.unitCount, key: post.token, status: answer.status });
    }
    return answer;
  };

  return {
    sendUsage: () => partner.send({ mode: "changes" }),
    /** Something happens so many seconds after noon. */
    after: (seconds: number, happen: () => void) => line.at(noon + seconds * 1000, happen, true),
    /** Asked of each count that reaches Gradient: one that is not forbidden gets Gradient's own answer. */
    forbids: (its: (post: Post) => boolean): void => {
      isForbidden = its;
    },
    /** Whether Gradient has answered some count so. */
    heard: (status: number): boolean => told.some((its) => its.status === status),
    /** The partner makes another key in Gradient, which refuses the one before from now on, and registers it. */
    replaceKey: (): string => {
      const key = organization.regenerateKey();
      partner.register(key);
      return key;
    },
    /** Whoever has sent this count dies before it hears the answer. */
    senderDies: ({ by }: Post): void => running.kill(by),
    /** What is owed while the stream is down waits for the sweep. */
    streamIsDown: (isDown: boolean): void => {
      isStreamDown = isDown;
    },
    /** The day goes on until so many hours after noon: with the jobs that the schedules start, and without a person. */
    goOn: (hours: number): Promise<void> => line.run(noon + hours * 3_600_000),
    outcome: (key: string) => ({
      /** The last number that Gradient has accepted for each customer under this key. */
      accepted: Object.fromEntries(
        told
          .filter((its) => its.key === key && its.status === 201)
          .map(({ customer, unitCount }) => [customer, unitCount]),
      ),
      /** Lines whose number has changed since Gradient has rebuilt its views. */
      unseen: [...organization.current().unseen.keys()],
      accusations,
    }),
  };
};
