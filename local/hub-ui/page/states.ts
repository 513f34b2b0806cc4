import type { BodyOf } from "#client/api-client";
import type { Tone } from "../../page-parts/notice.tsx";

export type Integration = BodyOf<"GET /v1/integrations/gradient">;

const words: Record<string, { tone: Tone; text: string }> = {
  "not-started": { tone: "neutral", text: "Not started" },
  "awaiting-token": { tone: "warn", text: "Needs a key" },
  "awaiting-agreement": { tone: "warn", text: "Needs your agreement" },
  "awaiting-mapping": { tone: "warn", text: "Needs mapping in Gradient" },
  active: { tone: "good", text: "Connected" },
  suspended: { tone: "bad", text: "Needs a new key" },
  disconnected: { tone: "neutral", text: "Disconnected" },
};

/**
 * A run has ended, and Gradient has accepted a first count, or the state were none of an active one: what is left to
 * do is done in Gradient. A later run that fails takes nothing of that back.
 */
export const isSetUp = ({ state, step, exports: { last } }: Integration): boolean =>
  state === "active" && step === 3 && last !== null;

/** A state in a partner's words; one that is not known yet is shown as it is. */
export const stateWords = (state: string): { tone: Tone; text: string } =>
  words[state] ?? { tone: "neutral", text: state };
