import { fetchAccessToken } from "#local/sample/access-token";
import { loadSample } from "#local/sample/load-sample";
import { readSample } from "#local/sample/sample";
import type { Endpoints } from "./running-system.ts";
import { confirmAgreement, showOwnerMail } from "./steps/agreeing.ts";
import { generateKey, registerToken, startIntegration } from "./steps/connecting.ts";
import { awaitAccountsAndServices, mapInGradient } from "./steps/mapping.ts";
import { compareCounts, showReceipts } from "./steps/proving.ts";
import { awaitActive, sendUsage } from "./steps/sending.ts";
import { stepRunner } from "./steps/step-runner.ts";
import { hubClient } from "./traveller/hub-client.ts";
import { mailboxClient } from "./traveller/mailbox-client.ts";
import { partnerSideClient } from "./traveller/partner-side.ts";
import type { Terminal } from "./traveller/terminal.ts";
import type { Traveller } from "./traveller/traveller.ts";

/**
 * From nothing to counts that Gradient holds, as a partner's admin would go; whatever was done before is shown, not
 * repeated.
 */
export const takeJourney = async (endpoints: Endpoints, terminal: Terminal): Promise<void> => {
  const step = stepRunner(terminal, 12);
  const { partner } = readSample();

  await step("The hub's feed has the sample", async () => {
    const { partnerName, services, customers, measurements } = await loadSample(endpoints);
    terminal.good(`${partnerName}: ${services} services, ${customers} customers, ${measurements} measurements.`);
  });

  const traveller = await step("Sign in to the hub", async (): Promise<Traveller> => {
    const accessToken = await signIn(endpoints, partner.id);
    terminal.good(`Signed in as a full admin of ${partner.name} (${partner.id}).`);
    return {
      partnerName: partner.name,
      ownerEmail: partner.ownerEmail,
      hub: hubClient({ api: endpoints.api, accessToken }),
      partnerSide: partnerSideClient(endpoints.gradient),
      mailbox: mailboxClient(endpoints.mailbox),
      terminal,
    };
  });

  const isConnected = await step("Start the integration", () => startIntegration(traveller));
  const key = await step("In Gradient: connect and generate a key", () => generateKey(traveller, isConnected));
  await step("Paste the key into the hub", () => registerToken(traveller, key));
  const version = await step("Read the agreement and confirm it", () => confirmAgreement(traveller));
  await step("The owner hears of it by e-mail", () => showOwnerMail(traveller, version));
  await step("Accounts and services appear in Gradient", () => awaitAccountsAndServices(traveller, key.organizationId));
  const isMappedNow = await step("In Gradient: map customers and services", () =>
    mapInGradient(traveller, key.organizationId),
  );
  const runs = await step("Next opens, and usage is sent", async () => {
    await awaitActive(traveller, isMappedNow);
    return sendUsage(traveller);
  });
  const receipts = await step("A receipt for every line", () => showReceipts(traveller, runs));
  await step("Gradient holds what the sample says", () =>
    compareCounts(traveller, { organizationId: key.organizationId, receipts }),
  );
};

const signIn = (endpoints: Endpoints, partnerId: string): Promise<string> =>
  fetchAccessToken(endpoints.issuer, {
    org_id: partnerId,
    sub: "person-2001",
    role: "full_admin",
    name: "Jana Svobodová",
    email: "jana.svobodova@harbourline.example",
    scope: "",
  });
