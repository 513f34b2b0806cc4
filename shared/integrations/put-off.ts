import type { Work } from "./due-work.ts";
import type { Integration } from "./integration.ts";

const notBefore = (moment: string | null, end: string): string | null =>
  moment !== null && moment < end ? end : moment;
const notAfter = (moment: string | null, end: string): string | null =>
  moment !== null && moment > end ? end : moment;

/**
 * With nothing due before `end` that calls Gradient, after a try that came to nothing: what stands in the way of a look
 * stands in the way of the token's trial as well, and one that stayed due would have the partner tried every minute.
 */
export const putOff = (value: Integration, tried: Work, end: string): Integration => {
  const { looks, mapping } = value;
  return {
    ...value,
    looks: { ...looks, failures: looks.failures + 1, tokenCheckAt: notBefore(looks.tokenCheckAt, end) },
    // what was asked for has no date of its own
    mapping: { ...mapping, nextCheckAt: tried === "look" ? end : notBefore(mapping.nextCheckAt, end) },
  };
};

/** What was put off is due now. */
export const putForward = (value: Integration, at: string): Integration => {
  const { looks, mapping } = value;
  const [nextCheckAt, tokenCheckAt] = [notAfter(mapping.nextCheckAt, at), notAfter(looks.tokenCheckAt, at)];
  const isSame = nextCheckAt === mapping.nextCheckAt && tokenCheckAt === looks.tokenCheckAt;
  if (looks.failures === 0 || isSame) return value;
  return { ...value, looks: { ...looks, tokenCheckAt }, mapping: { ...mapping, nextCheckAt } };
};
