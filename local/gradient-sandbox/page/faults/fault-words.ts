import { countOf } from "../../../page-parts/words.ts";
import type { FaultState } from "../sandbox-api.ts";

export type FaultName = "rate429" | "rate500" | "rateAnswerLost" | "rate401" | "rate403" | "rateReset";

interface Fault {
  name: FaultName;
  title: string;
  meaning: string;
  /** What the vendor then does, and the way back. */
  expect?: readonly string[];
  /** What a call meets, as the rest of a sentence. */
  met: string;
}

export const refusals: Fault[] = [
  {
    name: "rate429",
    title: "429: too many requests",
    meaning: "Refused, without effect. The vendor has to slow down and try again.",
    met: "refused with 429",
  },
  {
    name: "rate500",
    title: "500: Gradient fails",
    meaning: "Refused, without effect. The vendor has to try again later.",
    met: "refused with 500",
  },
  {
    name: "rateAnswerLost",
    title: "Lost answers",
    meaning: "What was asked is done, then the connection is cut: the vendor cannot know.",
    met: "done without an answer",
  },
  {
    name: "rate401",
    title: "401: a key is not valid",
    meaning: "Gradient does not say which key it means: the partner's, or the vendor's own. The vendor has to stop.",
    expect: [
      "The hub stops sending, and asks with other partners' keys, too.",
      "All are refused: it takes its own key for the bad one, and goes on by itself within minutes of the end of this.",
      "Some are taken: it wants a new key. Regenerate it under Connect to vendor, and paste it in the hub's Settings.",
    ],
    met: "refused with 401",
  },
  {
    name: "rate403",
    title: "403: Gradient refuses the vendor",
    meaning: "As if Gradient had seen something odd. The vendor has to stop and not to try in a loop.",
    met: "refused with 403",
  },
];

const others: Pick<Fault, "name" | "met">[] = [{ name: "rateReset", met: "cut off before anything is done" }];

const shareOf = (rate: number): string => (rate >= 1 ? "every call" : `${Math.round(rate * 100)}\u00a0% of the calls`);

/** Is anything on that can still befall a call? */
export const isOn = ({ matched, first, ...settings }: FaultState): boolean =>
  (first === undefined || matched < first) &&
  ((settings.delayMs ?? 0) > 0 ||
    (settings.jitterMs ?? 0) > 0 ||
    settings.landLate !== undefined ||
    [...refusals, ...others].some(({ name }) => (settings[name] ?? 0) > 0));

/** What is on, in words; empty where nothing is. */
export const wordsOf = (faults: FaultState): string[] => {
  if (!isOn(faults)) return [];
  const { delayMs = 0, jitterMs = 0, landLate, only, first, matched } = faults;
  const what = [...refusals, ...others].flatMap(({ name, met }) => {
    const rate = faults[name] ?? 0;
    return rate > 0 ? [`${shareOf(rate)} ${rate >= 1 ? "is" : "are"} ${met}`] : [];
  });
  if (delayMs + jitterMs > 0) {
    const upTo = jitterMs > 0 ? ` to ${(delayMs + jitterMs) / 1000}` : "";
    what.unshift(`every call waits ${delayMs / 1000}${upTo} s`);
  }
  if (landLate !== undefined) {
    const takes = landLate.rate >= 1 ? "takes" : "take";
    what.push(`${shareOf(landLate.rate)} ${takes} effect ${landLate.ms / 1000} s late`);
  }
  if (only === "counts") what.push("counts only");
  if (first !== undefined) what.push(`ends after ${countOf(first - matched, "more call")}`);
  return what;
};
