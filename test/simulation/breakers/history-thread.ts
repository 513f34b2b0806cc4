import { parentPort } from "node:worker_threads";
import * as z from "zod";
import { setLogLevel } from "#shared/logger";
import { type Outcome, play } from "./history.ts";

const range = z.object({ from: z.int(), seeds: z.int() });
setLogLevel("SILENT");

parentPort?.on("message", async (message: unknown) => {
  const { from, seeds } = range.parse(message);
  const broken: Outcome[] = [];
  for (let seed = from; seed < from + seeds; seed += 1) {
    const outcome = await play(seed);
    if (outcome.faults.length > 0) broken.push(outcome);
  }
  parentPort?.postMessage(broken);
});
