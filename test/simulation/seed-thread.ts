import { parentPort } from "node:worker_threads";
import * as z from "zod";
import { runSeeds } from "./seeds.ts";

const range = z.object({ kind: z.enum(["partner", "fleet"]), from: z.int(), seeds: z.int() });

parentPort?.on("message", (message: unknown) => {
  void runSeeds(range.parse(message)).then((broken) => parentPort?.postMessage(broken));
});
