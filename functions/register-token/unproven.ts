import type { GradientConnection } from "#shared/gradient/gradient-api";
import { type Integration, noMapping } from "#shared/integrations/integration";
import { wish } from "#shared/integrations/record/wants";

/** Nothing of the earlier mapping holds for a token of another Gradient organization or of a new connection to it. */
export const withConnection = (integration: Integration, connection: GradientConnection, at: string): Integration => {
  const isSame = integration.gradient?.integrationId === connection.integrationId;
  const waitingSince = integration.agreement ? at : null;
  const { looks } = integration;
  return {
    ...integration,
    gradient: connection,
    // what the list of another connection has told says nothing of how this one's tells
    looks: isSame ? looks : { ...looks, isTelling: null },
    mapping: isSame ? integration.mapping : { ...noMapping, waitingSince, nextCheckAt: waitingSince },
    // no date is missed while the partner maps
    nextRunAt: isSame ? integration.nextRunAt : null,
  };
};

/**
 * What Gradient has accepted, or said, under another token proves nothing any more: the partner may have connected anew
 * meanwhile. So nothing passes for mapped until it is seen again.
 */
export const wantingEverything = (value: Integration, at: string): Integration => ({
  ...value,
  proofGen: value.proofGen + 1,
  mapping: {
    ...value.mapping,
    lastCheckedAt: null,
    accounts: { ...value.mapping.accounts, mapped: 0 },
    services: { ...value.mapping.services, mapped: 0 },
    mappedServiceIds: [],
  },
  wants: value.mapping.completedAt === null ? value.wants : wish(value.wants, "all", { at, trigger: "mapping" }),
});
