import { AppError, type ErrorKind } from "../errors.ts";
import type { Table } from "../table/table.ts";
import { type Obstacle, obstacles } from "./state/obstacle.ts";

const nothingChanged = "Nothing was changed; try again later.";
const words: Record<Obstacle["why"], { kind: ErrorKind; code: string; detail: string }> = {
  "vendor-key": {
    kind: "upstream",
    code: "gradient.vendor-key-rejected",
    detail: `Gradient does not accept the hub's own key at the moment, so no token can be checked. This is not about yours. ${nothingChanged}`,
  },
  "gradient-refuses": {
    kind: "unavailable",
    code: "gradient.refused",
    detail: `Gradient refuses all calls of the hub at the moment. ${nothingChanged}`,
  },
  "gradient-down": {
    kind: "unavailable",
    code: "gradient.unavailable",
    detail: `Gradient does not answer at the moment, and is not asked until it does. ${nothingChanged}`,
  },
  doubted: { kind: "unavailable", code: "gradient.unavailable", detail: nothingChanged },
};

/** Throws what to tell whoever wants to call Gradient while everybody's calls are held. */
export const unobstructed = (table: Pick<Table, "get">) => {
  const obstacleFor = obstacles(table);
  return async (now: Date): Promise<void> => {
    const obstacle = await obstacleFor(null);
    if (!obstacle) return;
    const { kind, code, detail } = words[obstacle.why];
    const seconds = Math.ceil((Date.parse(obstacle.retryAt) - now.getTime()) / 1000);
    throw new AppError(kind, code, detail, { retryAfterSeconds: Math.max(1, seconds) });
  };
};
