import type { Context } from "aws-lambda";
import { answering } from "../rig/answering.ts";

type Handler = (event: unknown, context: Partial<Context>) => Promise<unknown>;

const timeoutMs = 900_000;
const samples: number[] = [];
let handler: Handler | undefined;

setInterval(() => samples.push(process.memoryUsage.rss()), 1000).unref();

answering({
  load: async (bundle: string) => {
    ({ handler } = await import(bundle));
  },
  /** One invocation, as Lambda makes it. */
  invoke: async (event: unknown) => {
    const endsAt = Date.now() + timeoutMs;
    return handler?.(event, { awsRequestId: "bench", getRemainingTimeInMillis: () => endsAt - Date.now() });
  },
  memory: () => ({ peakBytes: process.resourceUsage().maxRSS * 1024, samples: samples.splice(0) }),
  cpuSeconds: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  },
});
