import type { Finding, Refusals, RefusedCall } from "#shared/breakers/refusals";
import type { Obstacle } from "#shared/breakers/state/obstacle";
import { noon } from "./time.ts";

export const anObstacle = (obstacle: Partial<Obstacle> = {}): Obstacle => ({
  scope: "vendor",
  why: "gradient-down",
  since: noon,
  retryAt: noon,
  ...obstacle,
});

/** Whoever keeps the breakers, as a test has them decide; what they were asked and told is kept. */
export const someRefusals = (decide: { verdict?: Finding; confirm?: Refusals["confirm"] } = {}) => {
  const told = { confirmed: [] as RefusedCall[], forbidden: [] as RefusedCall[], noted: [] as string[] };
  const held = { obstacle: null as Obstacle | null };
  const refusals: Refusals = {
    obstacleFor: async () => held.obstacle,
    note: async ({ outcome }) => void told.noted.push(outcome),
    confirm: async (call, keepAlive) => {
      told.confirmed.push(call);
      return decide.confirm ? decide.confirm(call, keepAlive) : (decide.verdict ?? "refused");
    },
    forbid: async (call) => void told.forbidden.push(call),
  };
  return { refusals, told, held };
};
