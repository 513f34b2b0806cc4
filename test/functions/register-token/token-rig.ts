import { startIntegration } from "#functions/start-integration/start-integration";
import { AppError } from "#shared/errors";
import { partnerToken } from "#shared/gradient/gradient-token";
import type { Item } from "#shared/table/table";
import { everyRow } from "#test/builders/table";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";

export const newToken = partnerToken.parse("gradient-partner-token-0002");
export const foreign = { partnerId: "org-2", by: { actor: "user-2", actorName: null, address: null } };

export const startedWorld = async () => {
  const world = serviceWorld();
  const organization = world.gradient.addOrganization({ token: world.token, organizationName: "Example MSP" });
  await startIntegration(world.common)(world);
  return { world, organization };
};

export const register = (world: ServiceWorld, text: string, confirmOrganizationChange = false) =>
  world.register({ partnerId: world.partnerId, text, by: world.by, confirmOrganizationChange });

/** What a refused try adds, and nothing else of it: that there was one. */
export const isTrace = ({ sk }: Item) => sk.startsWith("event#") || sk === "token-tries";
export const keptBy = ({ table, vault }: ServiceWorld) => ({
  rows: everyRow(table).filter((row) => !isTrace(row)),
  secrets: vault.names().map((name) => vault.versions(name)),
});

/** Another partner that uses another token of another organization. */
export const withNeighbour = async (world: ServiceWorld) => {
  const organization = world.gradient.addOrganization({ token: newToken });
  await startIntegration(world.common)(foreign);
  await world.register({ ...foreign, text: newToken });
  return organization;
};

export const tokenInForce = async (world: ServiceWorld) => {
  const { token } = await world.integration();
  return token && world.vault.read(token.secretName, token.versionId);
};

export const gradientFailures: [string, AppError, string, string][] = [
  ["is down", new AppError("unavailable", "gradient.unavailable", "down"), "unavailable", "gradient.unavailable"],
  ["throttles", new AppError("unavailable", "gradient.throttled", "slow"), "unavailable", "gradient.unavailable"],
  ["forbids the call", new AppError("upstream", "gradient.forbidden", "no"), "unavailable", "gradient.refused"],
  ["refuses the call", new AppError("upstream", "gradient.refused", "no"), "upstream", "gradient.unavailable"],
];
