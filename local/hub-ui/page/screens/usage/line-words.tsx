import type { Tone } from "../../../../page-parts/notice.tsx";
import type { LineState } from "./sum-up.ts";

/** The states of a line in a partner's words. */
export const lineWords: Record<LineState, { tone: Tone; text: string }> = {
  in: { tone: "good", text: "Accepted by Gradient" },
  changed: { tone: "neutral", text: "Not sent yet" },
  unmapped: { tone: "warn", text: "Not mapped in Gradient" },
  refused: { tone: "bad", text: "Refused by Gradient" },
  unknown: { tone: "neutral", text: "Not measured yet" },
};

const signed = new Intl.NumberFormat(undefined, { signDisplay: "exceptZero" });

/** `+3`, `−2`, `0`; a dash where there is nothing to compare. */
export const Change = ({ by }: { by: number | null }) => (
  <span className={by === null || by === 0 ? "quiet" : undefined}>{by === null ? "–" : signed.format(by)}</span>
);
