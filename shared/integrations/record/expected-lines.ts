import type { Sizes } from "./sizes.ts";
import type { Want, WantKind } from "./wants.ts";

/**
 * More lines to send than this is a large run. A quarter of the places takes none, so that small partners never wait
 * for large ones.
 */
export const largeLines = 1_000;

/** How many lines a run will have to send, as far as anybody can tell before it is planned. */
export const expectedLines = (
  { sizes }: { sizes: Sizes },
  { kind, trigger }: { kind: WantKind; trigger: Want["trigger"] },
): number => {
  if (kind === "all") return trigger === "schedule" ? sizes.toSend : sizes.lines;
  return (kind === "retry" ? sizes.leftOver : sizes.repeats) ?? sizes.lines;
};
