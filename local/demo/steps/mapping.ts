import { expectedCounts } from "#local/sample/sample";
import type { Traveller } from "../traveller/traveller.ts";
import { waitFor } from "../traveller/wait-for.ts";
import { unlessHeld } from "./held.ts";

/**
 * Two look-alikes and one other customer that the partner leaves for later, so that the receipts show `unmapped` too.
 */
const leftUnmapped = ["cust-1005", "cust-1030", "cust-1037"];

// the second try comes after a minute, the third after five more (`createServices`), each with the job's next minute
const createdWithinMs = 9 * 60_000;

/** Every billed customer and every service of the sample has to arrive; more than those may be there. */
export const awaitAccountsAndServices = async (
  { hub, partnerSide, terminal }: Traveller,
  organizationId: string,
): Promise<void> => {
  const expected = expectedCounts();
  const accountIds = [...new Set(expected.map(({ customerId }) => customerId))];
  const serviceNames = [...new Set(expected.map(({ serviceName }) => serviceName))];
  const bar = terminal.progressBar("accounts in Gradient");
  let missing: string[] = [];
  const lacking = () => `${missing.slice(0, 3).join(", ")} (${missing.length} in all)`;
  const organization = await waitFor(
    async () => {
      const seen = await partnerSide.readOrganization(organizationId);
      const missingAccounts = accountIds.filter((id) => seen.accounts.every((account) => account.id !== id));
      const missingServices = serviceNames.filter((name) => seen.services.every((service) => service.name !== name));
      missing = [...missingAccounts, ...missingServices];
      bar.update(accountIds.length - missingAccounts.length, accountIds.length);
      if (missing.length === 0) return seen;
      await unlessHeld({ hub });
      return undefined;
    },
    {
      terminal,
      complaint: () => `Gradient still lacks ${lacking()}`,
      awaited: () =>
        `Gradient still lacks ${lacking()}: it is slow or refuses for the moment, and is asked again by itself, for a service after one minute, then after five.`,
      moved: () => missing.length,
      timeoutMs: createdWithinMs,
    },
  ).finally(bar.end);
  terminal.good(
    `${organization.accounts.length} accounts and ${organization.services.length} services are in Gradient.`,
  );
};

/** True if the mapping was finished now, false if it had been before. */
export const mapInGradient = async (traveller: Traveller, organizationId: string): Promise<boolean> => {
  const { hub, partnerSide, terminal } = traveller;
  const { state } = await hub.readIntegration();
  const isDone = state === "active";
  if (isDone) terminal.line("  Mapping was finished before; it stays as it is.");
  else {
    await partnerSide.mapAllExcept(organizationId, leftUnmapped);
    await partnerSide.finish(organizationId);
  }
  const { accounts, services } = await partnerSide.readOrganization(organizationId);
  const left = accounts.filter(({ isMapped }) => !isMapped).map(({ name }) => name);
  const mappedServices = services.filter(({ isMapped }) => isMapped).length;
  terminal.good(
    `${accounts.length - left.length} of ${accounts.length} accounts and ${mappedServices} of ${services.length} services are mapped.`,
  );
  if (left.length > 0) terminal.line(`  Left unmapped: ${left.join(" · ")}`);
  return !isDone;
};
