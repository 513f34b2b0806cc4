import { AppError, type ErrorKind } from "../errors.ts";
import type { Table } from "../table/table.ts";
import { type Obstacle, obstacles } from "./state/obstacle.ts";

const codes: Record<Obstacle["why"], { kind: ErrorKind; code: string }> = {
  "vendor-key": { kind: "upstream", code: "gradient.vendor-key-rejected" },
  "gradient-refuses": { kind: "unavailable", code: "gradient.refused" },
  "gradient-down": { kind: "unavailable", code: "gradient.unavailable" },
  doubted: { kind: "unavailable", code: "gradient.unavailable" },
};

const words: Record<Obstacle["why"], string> = {
  "vendor-key": "Gradient refuses the hub's calls at the moment, for its own key as it seems.",
  "gradient-refuses": "Gradient refuses all calls of the hub at the moment.",
  "gradient-down": "Gradient does not answer at the moment.",
  doubted: "Gradient cannot be asked at the moment.",
};
const wordsOfOne: Partial<typeof words> = {
  "gradient-refuses": "Gradient refuses the calls for your organization at the moment.",
  doubted: "Whether Gradient still takes your key is being found out.",
};
// as long as only a few partners' tokens were tried, it may as well be those that are refused
const wordsOfTokens: Partial<typeof words> = {
  "vendor-key":
    "Gradient refuses the hub's calls at the moment, for its own key as it seems, so no token can be checked. That says nothing about yours.",
};

const refusal = ({ why, retryAt: due }: Obstacle, detail: string, now: Date): AppError => {
  const { kind, code } = codes[why];
  const retryAt = new Date(Math.max(Date.parse(due), now.getTime()));
  const seconds = Math.max(1, Math.ceil((retryAt.getTime() - now.getTime()) / 1000));
  const again = `Gradient is asked again at ${retryAt.toISOString().slice(11, 16)} UTC.`;
  const nothingChanged = "Nothing was changed; try again after that.";
  return new AppError(kind, code, `${detail} ${again} ${nothingChanged}`, { retryAfterSeconds: seconds });
};

/** Throws what to tell whoever brings a token while everybody's calls are held. */
export const unobstructed = (table: Pick<Table, "get">) => {
  const obstacleFor = obstacles(table);
  return async (now: Date): Promise<void> => {
    const obstacle = await obstacleFor(null);
    if (obstacle) throw refusal(obstacle, wordsOfTokens[obstacle.why] ?? words[obstacle.why], now);
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
    const ofOne = obstacle.scope === "partner" ? wordsOfOne[obstacle.why] : undefined;
    throw refusal(obstacle, ofOne ?? words[obstacle.why], now);
  };
};
