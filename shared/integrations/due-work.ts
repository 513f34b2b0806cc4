import { hasToMap, type Integration, maySend } from "./integration.ts";
import { hasCome } from "./record/looks.ts";

/** `token`: only whether Gradient takes the token is to be found out. */
export type Work = "look" | "token";

/**
 * A partner whose mappings may be taken away, and whom Gradient would tell of: it is looked at daily, also where all is
 * mapped. While it maps, looks come by their own pace, and end.
 */
export const isWatched = (value: Integration): boolean =>
  value.state === "active" && value.looks.isTelling === true && !hasToMap(value);

/**
 * What a date of the partner's record calls for, should nobody ask. A watched partner without a date for its next look
 * has just become active, or its record is from before all of them were watched: then the daily trial of its token is a
 * look, which tries the token, too.
 */
export const dueWork = (value: Integration, at: string): Work | undefined => {
  const { looks, mapping, state } = value;
  if (maySend(value) && hasCome(mapping.nextCheckAt, at)) return "look";
  if (!hasCome(looks.tokenCheckAt, at)) return undefined;
  if (isWatched(value) && mapping.nextCheckAt === null) return "look";
  return maySend(value) || state === "suspended" ? "token" : undefined;
};
