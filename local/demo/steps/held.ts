import type { IntegrationSeen, Waiting } from "../traveller/hub-client.ts";
import type { Traveller } from "../traveller/traveller.ts";

const causes: Record<string, string> = {
  turn: "Others go first",
  retry: "Some calls failed",
  "gradient-refuses": "Gradient refuses our calls",
  "gradient-down": "Gradient does not answer",
  "vendor-key": "Gradient refuses the vendor's key",
  paused: "Sending is paused",
  agreement: "The new agreement is not confirmed",
};
const onPeople = new Set(["paused", "agreement"]);
// whose first try comes after minutes
const onGradient = new Set(["gradient-refuses", "vendor-key"]);
/** For longer than that nobody watches: what was left over is tried again after one minute, after five, after 15. */
export const patienceMs = 7 * 60_000;

const moment = (at: string): string => at.replace("T", " ").replace(/(\.\d+)?Z$/, " UTC");

/** Why and since when something waits, when it is tried again, and whether it goes on by itself. */
export const waitingWords = ({ why, since, retryAt }: Waiting): string => {
  const waits = `${causes[why] ?? `It is held up (${why})`}: what is left waits since ${moment(since)}`;
  if (onPeople.has(why)) return retryAt === null ? waits : `${waits}, until ${moment(retryAt)}`;
  if (retryAt === null) return `${waits}, and goes on by itself`;
  return `${waits}, is tried again at ${moment(retryAt)}, and goes on by itself then`;
};

const isLasting = ({ why, retryAt }: Waiting): boolean =>
  onPeople.has(why) || onGradient.has(why) || (retryAt !== null && Date.parse(retryAt) > Date.now() + patienceMs);

// nothing goes on in these until somebody does something
const standsStill = new Set(["suspended", "disconnected"]);

/** What the hub says that keeps the partner for longer than anybody watches; undefined where nothing does. */
export const heldBy = ({ state, exports }: IntegrationSeen): string | undefined => {
  if (standsStill.has(state)) return `The integration is ${state} meanwhile; the hub's page says why`;
  const waits = exports?.waiting;
  return waits && isLasting(waits) ? `${waitingWords(waits)}. Run \`npm run demo\` again after that` : undefined;
};

/** The integration as it is now; throws where the partner is held. */
export const unlessHeld = async ({ hub }: Pick<Traveller, "hub">): Promise<IntegrationSeen> => {
  const seen = await hub.readIntegration();
  const held = heldBy(seen);
  if (held !== undefined) throw new Error(held);
  return seen;
};
