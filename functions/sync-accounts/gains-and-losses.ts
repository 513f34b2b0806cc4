import type { Integration } from "#shared/integrations/integration";
import { aDayAfter } from "#shared/integrations/record/looks";
import { wish } from "#shared/integrations/record/wants";
import type { Growth } from "./growth.ts";

/**
 * Accounts were lost, so whatever was accepted on them is no proof any more. Raised before they are created again, and
 * once more afterwards (`withGains`): a run that is under way between the two may still have met the old ones. Not with
 * each look between the two, as long as creating them fails: what is lost meanwhile is below the floor in the end.
 */
export const withLoss = (before: Integration, areAllGone: boolean): Integration => ({
  ...before,
  proofGen: before.proofGen + Number(!before.looks.isCreatingAgain),
  mapping: { ...before.mapping, mappedServiceIds: [] },
  looks: { ...before.looks, isCreatingAgain: true, mapsAnew: before.looks.mapsAnew || areAllGone },
});

/**
 * What the look has shown that lines wait for. Written before the customers' records say the same: a look that dies
 * finds it again.
 */
export const withGains = (
  before: Integration,
  { hasGrown, isContradicted, isMappedAnew }: Growth,
  at: string,
): Integration => {
  const { looks, proofGen, wants, state } = before;
  const isDayOver = looks.contradictedAt === null || aDayAfter(looks.contradictedAt) <= at;
  const isMetAgain = isContradicted && isDayOver;
  const isWished = looks.isCreatingAgain || hasGrown || isMappedAnew || isMetAgain;
  return {
    ...before,
    proofGen: proofGen + Number(looks.isCreatingAgain || isMappedAnew),
    wants: isWished && state === "active" ? wish(wants, "all", { at, trigger: "mapping" }) : wants,
    looks: {
      ...looks,
      isCreatingAgain: false,
      contradictedAt: isMetAgain ? at : looks.contradictedAt,
    },
  };
};
