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

/** A run has ended since Gradient accepted a first count: what is left to do is done in Gradient. */
export const isSetUp = ({ state, step, exports: { last } }: Integration): boolean =>
  state === "active" && step === 3 && last !== null && last.outcome !== "failed";

/** A state in a partner's words; one that is not known yet is shown as it is. */
export const stateWords = (state: string): { tone: Tone; text: string } =>
  words[state] ?? { tone: "neutral", text: state };
