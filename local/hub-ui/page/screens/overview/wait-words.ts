import { countOf, momentOf } from "../../../../page-parts/words.ts";
import type { Integration } from "../../states.ts";

export type Wait = NonNullable<Integration["exports"]["waiting"]>;

const tellTurn = ({ linesAhead, expectedAt }: Wait): string => {
  if (linesAhead === null) return "It starts with its turn, usually within a minute.";
  const expected = expectedAt === null ? "" : `; expected at ${momentOf(expectedAt)}`;
  return linesAhead === 0
    ? `Nothing is ahead of it any more${expected}.`
    : `About ${countOf(linesAhead, "line")} of others ${linesAhead === 1 ? "is" : "are"} ahead${expected}.`;
};

const again = ({ retryAt }: Wait): string => (retryAt === null ? "" : ` It is tried again at ${momentOf(retryAt)}.`);

/** Why usage that is wanted is not under way, and when it will be. */
export const tellWait = (wait: Wait): { isBad: boolean; text: string } => {
  switch (wait.why) {
    case "turn":
      return { isBad: false, text: tellTurn(wait) };
    case "retry":
      return { isBad: false, text: `What was left over is sent by itself.${again(wait)}` };
    case "gradient-down":
      return { isBad: true, text: `Gradient is failing.${again(wait)} Nothing is lost.` };
    case "gradient-refuses":
      return { isBad: true, text: `Gradient refuses our calls.${again(wait)} Nothing is lost.` };
    case "vendor-key":
      return {
        isBad: true,
        text: `Gradient refuses the hub's own key; yours is not at fault.${again(wait)} Nothing is lost.`,
      };
    case "paused":
      return { isBad: true, text: `You have paused sending until ${momentOf(wait.retryAt)}.` };
    case "agreement":
      return { isBad: true, text: "The agreement has a new version that nobody has confirmed yet." };
    default:
      return { isBad: true, text: `The reason is called ${wait.why}.${again(wait)}` };
  }
};
