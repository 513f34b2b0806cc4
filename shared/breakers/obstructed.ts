import { AppError } from "../errors.ts";
import type { Table } from "../table/table.ts";
import { type Obstacle, obstacles } from "./state/obstacle.ts";

const codes: Partial<Record<Obstacle["why"], string>> = {
  "vendor-key": "gradient.vendor-key-rejected",
  "gradient-refuses": "gradient.refused",
};

const words: Record<Obstacle["why"], string> = {
  "vendor-key": "Gradient refuses the hub's calls at the moment, for its own key as it seems.",
  "gradient-refuses": "Gradient refuses all calls of the hub at the moment.",
  "gradient-down": "Gradient does not answer at the moment.",
  doubted: "Gradient cannot be asked now.",
};
const refusesOne = "Gradient refuses the calls for your organization at the moment.";

const refusal = ({ why, retryAt: due }: Obstacle, detail: string, now: Date): AppError => {
  const kind = why === "vendor-key" ? "upstream" : "unavailable";
  const retryMs = Math.max(Date.parse(due), now.getTime());
  const again = `Gradient is asked again at ${new Date(retryMs).toISOString().slice(11, 16)} UTC. Nothing was changed; try again after that.`;
  return new AppError(kind, codes[why] ?? "gradient.unavailable", `${detail} ${again}`, {
    retryAfterSeconds: Math.max(1, Math.ceil((retryMs - now.getTime()) / 1000)),
  });
};

/** Throws what to tell whoever brings a token while everybody's calls are held. */
export const unobstructed = (table: Pick<Table, "get">) => {
  const obstacleFor = obstacles(table);
  return async (now: Date): Promise<void> => {
    const obstacle = await obstacleFor(null);
    if (!obstacle) return;
    // as long as only a few partners' tokens were tried, it may as well be those that are refused
    const ofToken = obstacle.why === "vendor-key" ? " No token can be checked. That says nothing about yours." : "";
    throw refusal(obstacle, `${words[obstacle.why]}${ofToken}`, now);
  };
};

interface Caller {
  partnerId: string;
  tokenVersionId: string | undefined;
}

/**
 * Throws what to tell whoever wants counts sent while this partner's calls are held: `gradient.refused`,
 * `gradient.unavailable` or `gradient.vendor-key-rejected`, with the seconds until Gradient is asked again.
 */
export const mayCallFor = (table: Pick<Table, "get">) => {
  const obstacleFor = obstacles(table);
  return async ({ partnerId, tokenVersionId }: Caller, now: Date): Promise<void> => {
    const obstacle = await obstacleFor(partnerId, tokenVersionId);
    if (!obstacle) return;
    const isOne = obstacle.scope === "partner" && obstacle.why === "gradient-refuses";
    throw refusal(obstacle, isOne ? refusesOne : words[obstacle.why], now);
  };
};
