import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "./clock.ts";

export const systemClock: Clock = { now: () => Date.now(), sleep: async (ms) => void (await sleep(ms)) };
