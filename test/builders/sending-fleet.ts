import { randomUUID } from "node:crypto";
import * as z from "zod";
import { admitExports } from "#functions/admit-exports/admit-exports";
import { exportUsage, type Message } from "#functions/export-usage/export-usage";
import { lanePacers } from "#functions/export-usage/lane-pacers";
import { startExport } from "#functions/start-export/start-export";
import { breakerKeeper } from "#shared/breakers/keeper";
import type { Refusals } from "#shared/breakers/refusals";
import { admitNext } from "#shared/exports/admission/admit";
import { findExport, fromExportItem, isOver, listExports, type UsageExport } from "#shared/exports/usage-export";
import { type PartnerToken, partnerToken } from "#shared/gradient/gradient-token";
import { findIntegration, type Integration } from "#shared/integrations/integration";
import { outboxRow } from "#shared/outbox/outbox";
import type { VendorKeyVersion } from "#shared/secrets/vendor-key";
import type { Item } from "#shared/table/table";
import { inMemoryGradient } from "#test/fakes/in-memory-gradient";
import { inMemoryTable } from "#test/fakes/in-memory-table";
import { inMemoryTokenVault } from "#test/fakes/in-memory-token-vault";
import { freePacer, type GradientSide, pacedGradient } from "#test/fakes/paced-gradient";
import { callsPerSecond } from "#test/fakes/rate";
import { virtualClock } from "#test/fakes/virtual-clock";
import { aCustomerRow } from "./customer.ts";
import { anIntegration, anIntegrationRow } from "./integration.ts";
import { aServiceRow } from "./service.ts";
import { aCount, aUsageRow } from "./usage.ts";

const mailFacts = z.object({ exportId: z.string().optional() });

interface Partner {
  id: string;
  /** So many customers with one count each, all mapped. */
  lines?: number;
  integration?: Partial<Integration>;
}

/** Several active partners whose counts Gradient has never got, with the workers that send them. */
export const sendingFleet = async (
  partners: Partner[],
  {
    through = (gradient) => gradient,
    refusals,
    vendorKey,
  }: {
    through?: (gradient: GradientSide) => GradientSide;
    refusals?: Partial<Refusals>;
    /** With the breakers of the service, and this key of ours; without it, nothing stands in anybody's way. */
    vendorKey?: () => VendorKeyVersion;
  } = {},
) => {
  const clock = virtualClock(Date.parse("2026-11-22T12:00:00.000Z"));
  const table = inMemoryTable([aServiceRow()]);
  const gradient = inMemoryGradient({ now: () => clock.date() });
  const vault = inMemoryTokenVault();
  gradient.services.push({ id: "gradient-svc-dns", name: "DNS Security Essentials" });
  const tokens = new Map<string, PartnerToken>();

  for (const { id: partnerId, lines = 3, integration = {} } of partners) {
    const token = partnerToken.parse(`gradient-token-of-${partnerId}`);
    tokens.set(partnerId, token);
    const { connection } = gradient.addOrganization({ token });
    const secretName = `p/${partnerId}`;
    const { versionId } = await vault.store(secretName, token);
    const known = anIntegration().token;
    await table.put(
      anIntegrationRow({
        partnerId,
        gradient: connection,
        token: known && { ...known, secretName, versionId },
        ...integration,
      }),
    );
    const ids = Array.from({ length: lines }, (_, index) => `c${index}`);
    await gradient.createAccounts(
      token,
      ids.map((id) => ({ id, name: id })),
    );
    gradient.mapService(token, "gradient-svc-dns");
    for (const id of ids) {
      gradient.mapAccount(token, id);
      await table.put(aCustomerRow({ id, partnerId }));
      await table.put(aUsageRow({ partnerId, customerId: id, counts: { "svc-dns": aCount() } }));
    }
  }

  const common = { table, clock, now: () => clock.date(), newId: randomUUID, random: () => 0.5 };
  const client = pacedGradient(through(gradient), common.now);
  const keeper =
    vendorKey &&
    breakerKeeper({
      ...common,
      vault,
      vendorKey: { current: async () => vendorKey(), forget: () => undefined },
      gradientWith: () => client.as({ pacer: freePacer }),
    });
  const kept: Refusals = keeper?.refusals ?? {
    obstacleFor: async () => null,
    note: async () => undefined,
    confirm: async () => "refused",
    forbid: async () => undefined,
    ...refusals,
  };
  const worker = exportUsage({
    ...common,
    gradient: client,
    vault,
    refusals: kept,
    pacersFor: lanePacers({ table, clock, per: "vendor", perSecond: callsPerSecond }),
    callsPerSecond,
  });

  const fleet = {
    ...common,
    gradient,
    vault,
    tokens,
    admit: admitExports({
      ...common,
      obstacleFor: kept.obstacleFor,
      probeDue: keeper?.probeDue ?? (async () => undefined),
      linesPerSecond: callsPerSecond,
    }),
    admitOne: () => admitNext({ ...common, obstacleFor: kept.obstacleFor })(null),
    start: (partnerId: string): Promise<UsageExport> =>
      startExport(common)({ partnerId, mode: "changes", by: { actor: "p", actorName: null, address: null } }),
    /** The messages that are owed, each once. */
    messages: (): Message[] => {
      const found: Message[] = [];
      for (const [key, row] of table.rows) {
        if (!row.pk.startsWith("outbox#")) continue;
        const { task } = outboxRow.parse(row);
        if (task.kind === "export-usage") found.push(task);
        table.rows.delete(key);
      }
      return found;
    },
    /** One invocation with these messages, settled by the clock. */
    invoke: async (messages: Message[], forMs = 300_000) => {
      const end = clock.now() + forMs;
      return clock.settle(worker(messages, { remainingMs: () => end - clock.now() }));
    },
    /** Minutes go by, each with its job, and every message has a worker soon. */
    live: async (minutes: number): Promise<void> => {
      for (let minute = 0; minute < minutes; minute += 1) {
        const end = clock.now() + 60_000;
        const job = fleet.admit({ remainingMs: () => end - clock.now() });
        const work = clock.sleep(1_000).then(async () => {
          const [workerEnd, messages] = [clock.now() + 900_000, fleet.messages()];
          if (messages.length > 0) await worker(messages, { remainingMs: () => workerEnd - clock.now() });
        });
        await clock.settle(Promise.all([job, work]));
        if (clock.now() < end) await clock.settle(clock.sleep(end - clock.now()));
      }
    },
    /** Whose owners have mail that is not about a good run: of that they hear only if they asked for it. */
    mails: (): string[] => {
      const rows = [...table.rows.values()];
      const isGood = ({ pk, facts }: Item) =>
        rows.some((run) => run.pk === pk && run.id === mailFacts.parse(facts).exportId && run.outcome === "succeeded");
      return rows
        .filter((row) => row.sk.startsWith("mail#") && !isGood(row))
        .map(({ pk }) => pk.slice("partner#".length));
    },
    integration: async (partnerId: string): Promise<Integration> => {
      const found = await findIntegration(table, partnerId);
      if (!found) throw new Error(`There is no partner ${partnerId}`);
      return found;
    },
    runOf: async ({ partnerId, exportId }: Message): Promise<UsageExport> => {
      const found = await findExport(table, partnerId, exportId);
      if (!found) throw new Error("no run");
      return found;
    },
    runsOf: async (partnerId: string) => (await listExports(table, partnerId, { limit: 100 })).items,
    /** Runs that some worker holds now. */
    held: (): string[] =>
      [...table.rows.values()].flatMap((row) => {
        if (!row.sk.startsWith("export#")) return [];
        const run = fromExportItem(row);
        return !isOver(run) && run.lease && Date.parse(run.lease.until) > clock.now() ? [run.id] : [];
      }),
    /** How many counts Gradient holds of a partner. */
    countsOf: (partnerId: string): number =>
      gradient.organizationOf(tokens.get(partnerId) ?? partnerToken.parse("x".repeat(16)))?.counts.size ?? 0,
  };
  return fleet;
};
