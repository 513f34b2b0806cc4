import { confirmAgreement } from "#functions/confirm-agreement/confirm-agreement";
import { disconnectIntegration } from "#functions/disconnect-integration/disconnect-integration";
import { putPartner } from "#functions/put-partner/put-partner";
import { startIntegration } from "#functions/start-integration/start-integration";
import { currentAgreement } from "#shared/agreements/agreement";
import { findIntegration } from "#shared/integrations/integration";
import { isUnheard } from "#shared/mail/mail-states";
import { person } from "../history/partner.ts";
import { secretNameOf } from "../history/rows.ts";
import type { World } from "../world/world.ts";
import { calmHistory } from "./calm-history.ts";
import { insist, isOfConnection, partnerId, registerKey } from "./flows.ts";
import { mailRows } from "./goodbye.ts";
import type { Flow } from "./kill-points.ts";
import { watchMails } from "./watch-mails.ts";

const { version, sha256 } = currentAgreement;
const consent = { partnerId, version, sha256, by: person, name: "Ada Admin", email: "ada@example.com" };
const profile = { name: "Example MSP", timeZone: "UTC" };

const areMailsOut = (world: World): boolean => mailRows(world).every((mail) => !isUnheard(mail));
const isFarewellOver = ({ table }: World): boolean => {
  const left = table.rows.get(`partner#${partnerId}\u0000integration`)?.leftConnections;
  return Array.isArray(left) && left.length === 0;
};

/** An owner whom no mail can reach confirms, gets an address, has its key replaced, and disconnects. */
export const consentAndFarewell: Flow = {
  history: calmHistory({ customers: 1 }),
  amendRows: (rows) =>
    rows
      .filter((row) => !isOfConnection(row))
      .map((row) => (row.sk === "profile" ? { ...row, owner: { name: "Olga", email: "ölga@example.com" } } : row)),
  run: async (world, wishes) => {
    watchMails(world);
    const [organization] = world.organizations;
    if (!organization) throw new Error("There is no partner");
    organization.current().status = "inactive";
    await insist(world, wishes, {
      what: "begin",
      main: async (its) => (await startIntegration(its)({ partnerId, by: person })).integration.state,
    });
    await insist(world, wishes, {
      what: "register",
      main: (its) => registerKey(its, organization.current().key ?? ""),
    });
    await insist(world, wishes, {
      what: "confirm",
      main: async (its) => (await confirmAgreement({ ...its, agreement: currentAgreement })(consent)).integration.state,
    });
    await insist(world, wishes, {
      what: "correct",
      main: async (its) => {
        const owner = { name: "Olga", email: "olga@example.com" };
        return (await putPartner(its)({ id: partnerId, profile: { ...profile, owner } })).owner.email;
      },
      hasCome: () => areMailsOut(world),
    });
    const key = organization.regenerateKey();
    await insist(world, wishes, {
      what: "replace",
      main: (its) => registerKey(its, key),
      hasCome: () => areMailsOut(world),
    });
    await insist(world, wishes, {
      what: "disconnect",
      main: async (its) => (await disconnectIntegration(its)({ partnerId, by: person })).state,
      hasCome: () => isFarewellOver(world) && areMailsOut(world),
    });
  },
  endState: async (world) => {
    const { table, organizations, secrets, mails } = world;
    const integration = await findIntegration(table, partnerId);
    return {
      owed: [...table.rows.values()].filter(({ pk }) => pk.startsWith("outbox#")).length,
      integration: integration && {
        state: integration.state,
        token: integration.token,
        leftConnections: integration.leftConnections,
        problems: integration.problems,
      },
      claims: [...table.rows.values()].filter(({ sk }) => sk === "claim").length,
      secrets: secrets.names().filter((name) => name !== secretNameOf(0)),
      status: organizations[0]?.current().status,
      mails: mailRows(world)
        .map(({ facts: { kind }, status }) => `${kind} ${status}`)
        .sort(),
      arrived: new Set(mails.map(({ reference }) => reference)).size,
    };
  },
};
