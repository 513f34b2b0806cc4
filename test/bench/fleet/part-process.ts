import { parseArgs } from "node:util";
import { setLogLevel } from "#shared/logger";
import { asides, parts } from "./parts.ts";

const { values: options } = parseArgs({
  options: { part: { type: "string" }, quick: { type: "boolean" }, trace: { type: "boolean" } },
});
setLogLevel("SILENT");
const play = { ...parts, ...asides }[options.part ?? ""];
if (!play) throw new Error("There is no such part");
const goals = await play({ isQuick: options.quick ?? false, trace: options.trace ?? false });
process.send?.(goals);
process.disconnect?.();
