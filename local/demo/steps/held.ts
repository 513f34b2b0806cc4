import type { Waiting } from "../traveller/hub-client.ts";
import type { Traveller } from "../traveller/traveller.ts";

const causes: Record<string, string> = {
  retry: "Some calls failed",
  "gradient-refuses": "Gradient refuses our calls",
  "gradient-down": "Gradient does not answer",
  "vendor-key": "Gradient refuses the vendor's key",
};

const moment = (at: string): string => at.replace("T", " ").replace(/(\.\d+)?Z$/, " UTC");

/** What is left goes on by itself; when, the hub says. */
export const waitingWords = ({ why, since, retryAt }: Waiting): string => {
  const cause = causes[why] ?? `It is held up (${why})`;
  const next = retryAt === null ? "at a moment that is not known yet" : `at ${moment(retryAt)}`;
  return `${cause}: what is left waits since ${moment(since)}, is tried again ${next}, and goes on by itself then`;
};

// the first try comes after minutes, longer than anybody waits for the next step
const lasting = new Set(["gradient-refuses", "vendor-key"]);

/** Whether nobody is going to watch until the next try. */
export const isLasting = ({ why }: Waiting): boolean => lasting.has(why);

/** Throws where the hub says that Gradient's refusals hold the partner. */
export const unlessHeld = async ({ hub }: Pick<Traveller, "hub">): Promise<void> => {
  const waits = (await hub.readIntegration()).exports?.waiting;
  if (waits && isLasting(waits)) throw new Error(`${waitingWords(waits)}. Start the demo again after that`);
};
