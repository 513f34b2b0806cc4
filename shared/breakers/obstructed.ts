import { AppError, type ErrorKind } from "../errors.ts";
import type { Table } from "../table/table.ts";
import { type Obstacle, obstaclesToCalls } from "./state/obstacle.ts";

const nothingChanged = "Nothing was changed; try again after that.";
const words: Record<Obstacle["why"], { kind: ErrorKind; code: string; detail: string }> = {
  "vendor-key": {
    kind: "upstream",
    code: "gradient.vendor-key-rejected",
    // as long as only a few partners' tokens were tried, it may as well be those that are refused
    detail:
      "Gradient refuses the hub's calls at the moment, for its own key as it seems, so no token can be checked. That says nothing about yours.",
  },
  "gradient-refuses": {
    kind: "unavailable",
    code: "gradient.refused",
    detail: "Gradient refuses all calls of the hub at the moment.",
  },
  "gradient-down": {
    kind: "unavailable",
    code: "gradient.unavailable",
    detail: "Gradient does not answer at the moment.",
  },
  doubted: { kind: "unavailable", code: "gradient.unavailable", detail: "Gradient cannot be asked at the moment." },
};

/** Throws what to tell whoever wants to call Gradient while everybody's calls are held. */
export const unobstructed = (table: Pick<Table, "get">) => {
  const obstacleFor = obstaclesToCalls(table);
  return async (now: Date): Promise<void> => {
    const obstacle = await obstacleFor(null);
    if (!obstacle) return;
    const { kind, code, detail } = words[obstacle.why];
    const retryAt = new Date(Math.max(Date.parse(obstacle.retryAt), now.getTime()));
    const seconds = Math.max(1, Math.ceil((retryAt.getTime() - now.getTime()) / 1000));
    const again = `Gradient is asked again at ${retryAt.toISOString().slice(11, 16)} UTC. ${nothingChanged}`;
    throw new AppError(kind, code, `${detail} ${again}`, { retryAfterSeconds: seconds });
  };
};
