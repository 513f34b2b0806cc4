import { type Integration, withProblem } from "#shared/integrations/integration";
import { logger } from "#shared/logger";
import type { Begun } from "./begin-look.ts";

// the first two may be a bad moment
const toldChanges = 3;
// looks are an hour apart by then, and nothing is sent, so it may take as long
const toldReads = 5;

type Change = (before: Integration, at: string) => Integration;

/** Gradient fails on what a look sends, and on nothing else: it may be what is sent. */
export const changesFailed = ({ integration: { partnerId, looks } }: Begun): Change => {
  const count = looks.changesFailed + 1;
  if (count === toldChanges) {
    logger.error("gradient fails on a partner's accounts, look after look", { partnerId });
  }
  return (before, at) => {
    const counted = { ...before, looks: { ...before.looks, changesFailed: count } };
    return count >= toldChanges ? withProblem(counted, "accounts.refused", at) : counted;
  };
};

/** Gradient fails on what a look reads of this partner, and no open breaker says that it fails for others too. */
export const readsFailed = ({ integration: { partnerId, looks } }: Begun): Change => {
  const count = looks.readsFailed + 1;
  if (count === toldReads)
    logger.error("gradient fails on what looks read of a partner, look after look", { partnerId });
  return (before) => ({ ...before, looks: { ...before.looks, readsFailed: count } });
};
