import { disconnectIntegration } from "#functions/disconnect-integration/disconnect-integration";
import { findIntegration } from "#shared/integrations/integration";
import { fromMailItem } from "#shared/mail/owner-mail";
import { aLedgerEntry, aLedgerRow } from "#test/builders/usage-export";
import { person } from "../history/partner.ts";
import { playHistory } from "../history/play.ts";
import { customerId, organizationIdOf, secretNameOf, serviceId } from "../history/rows.ts";
import { brokenAtTheEnd } from "../invariants/at-the-end.ts";
import type { World } from "../world/world.ts";
import { calmHistory } from "./calm-history.ts";
import { insist, partnerId, registerKey } from "./flows.ts";
import type { Flow } from "./kill-points.ts";
import { watchMails } from "./watch-mails.ts";

/** The kinds of mail that were owed, by the rows that say so. */
export const mailRows = ({ table }: World) =>
  [...table.rows.values()].filter(({ sk }) => sk.startsWith("mail#")).map(fromMailItem);

const isClosing = ({ table }: World): boolean =>
  table.rows.get(`partner#${partnerId}\u0000integration`)?.closing !== null;

/** Another key in place of the one before, then a disconnect that leaves zeros in Gradient. */
export const newKeyAndGoodbye: Flow = {
  history: calmHistory({ customers: 2 }),
  amendRows: (rows) => [
    ...rows,
    aLedgerRow([aLedgerEntry({ customerId: customerId(1), serviceId: serviceId(0) })], {
      partnerId,
      connectionId: `connection-${organizationIdOf(0)}-1`,
    }),
  ],
  run: async (world, wishes) => {
    playHistory(world);
    watchMails(world);
    const [organization] = world.organizations;
    if (!organization) throw new Error("There is no partner");
    const key = organization.regenerateKey();
    await insist(world, wishes, { what: "register", main: (its) => registerKey(its, key) });
    await insist(world, wishes, {
      what: "disconnect",
      main: async (its) => (await disconnectIntegration(its)({ partnerId, by: person, finalCounts: "zero" })).state,
      hasCome: () => !isClosing(world),
      // a run that died twice is followed by a third after half an hour
      withinMs: 90 * 60_000,
    });
  },
  endState: async (world, wishes) => {
    const { table, organizations, secrets, mails } = world;
    const [organization] = organizations;
    const integration = await findIntegration(table, partnerId);
    const rows = mailRows(world).filter(({ facts }) => facts.kind !== "run-result");
    return {
      faults: await brokenAtTheEnd(world, wishes),
      owed: [...table.rows.values()].filter(({ pk }) => pk.startsWith("outbox#")).length,
      integration: integration && { state: integration.state, closing: integration.closing, token: integration.token },
      claims: [...table.rows.values()].filter(({ sk }) => sk === "claim").length,
      // the one that the history began with has a name of its own
      secrets: secrets.names().filter((name) => name !== secretNameOf(0)),
      status: organization?.current().status,
      counts: [...(organization?.current().counts ?? [])]
        .map(([line, { unitCount }]) => `${line}: ${unitCount}`)
        .sort(),
      mails: rows.map(({ facts: { kind }, status }) => `${kind} ${status}`).sort(),
      arrived: [...new Set(mails.map(({ reference }) => reference))].filter((id) => !id.startsWith("run-result"))
        .length,
    };
  },
};
