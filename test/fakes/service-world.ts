import { randomUUID } from "node:crypto";
import { admitExports } from "#functions/admit-exports/admit-exports";
import { closeConnection } from "#functions/close-connection/close-connection";
import { confirmAgreement } from "#functions/confirm-agreement/confirm-agreement";
import { exportUsage, type Message } from "#functions/export-usage/export-usage";
import { lanePacers } from "#functions/export-usage/lane-pacers";
import { registerToken } from "#functions/register-token/register-token";
import { sweepOutbox } from "#functions/relay-outbox/relay-outbox";
import { sendOwnerMail } from "#functions/send-owner-mail/send-owner-mail";
import { startIntegration } from "#functions/start-integration/start-integration";
import { syncAccounts } from "#functions/sync-accounts/sync-accounts";
import { syncCatalogue } from "#functions/sync-catalogue/sync-catalogue";
import { watchMappings } from "#functions/watch-mappings/watch-mappings";
import { currentAgreement } from "#shared/agreements/agreement";
import type { Refusals } from "#shared/breakers/refusals";
import { toCustomerItem } from "#shared/customers/customer";
import type { GradientClient } from "#shared/gradient/gradient-api";
import { type PartnerToken, partnerToken } from "#shared/gradient/gradient-token";
import { askLook } from "#shared/integrations/ask-look";
import { findIntegration, integrationWrite, maySend } from "#shared/integrations/integration";
import { suspendIntegration } from "#shared/integrations/suspend-integration";
import { outboxPks, type SyncReason, type Task } from "#shared/outbox/outbox";
import { toPartnerItem } from "#shared/partners/partner";
import { toServiceItem } from "#shared/services/hub-service";
import type { OpenWord } from "#shared/stored";
import { toUsageItem } from "#shared/usage/usage";
import { type InMemoryGradient, inMemoryGradient } from "#test/fakes/in-memory-gradient";
import { inMemoryMailer } from "#test/fakes/in-memory-mailer";
import { inMemoryTable } from "#test/fakes/in-memory-table";
import { inMemoryTokenVault } from "#test/fakes/in-memory-token-vault";
import { virtualClock } from "#test/fakes/virtual-clock";
import { freePacer, type GradientSide, pacedGradient } from "./paced-gradient.ts";
import { callsPerSecond } from "./rate.ts";

const partnerId = "org-1";
const usualToken = partnerToken.parse("gradient-partner-token-0001");
const by = { actor: "user-1", actorName: "Ada Admin", address: "203.0.113.7" };

/** As the feed has told of a partner before anything else. */
const partnerRow = (id: string) =>
  toPartnerItem({
    id,
    name: "Example MSP",
    owner: { name: "Olga Owner", email: "olga@example.com" },
    timeZone: "UTC",
    updatedAt: "2026-11-22T10:00:00.000Z",
    version: 1,
  });

interface Options {
  /** Puts something between the service and Gradient; `now` is the world's time. */
  through?: (gradient: InMemoryGradient, now: () => Date) => GradientSide | GradientClient;
  token?: PartnerToken;
  /** Who keeps the breakers; unless given, a refused token is one, and nothing stands in anybody's way. */
  refusals?: Refusals;
}

/** Every use case of the service on in-memory ports and a virtual clock, with one partner in it. */
export const serviceWorld = ({
  through = (gradient) => gradient,
  token = usualToken,
  refusals: given,
}: Options = {}) => {
  const clock = virtualClock();
  const now = () => clock.date();
  const table = inMemoryTable([partnerRow(partnerId), partnerRow("org-2")]);
  const gradient = inMemoryGradient({ now });
  const side = through(gradient, now);
  const client = "as" in side ? side : pacedGradient(side, now);
  const vault = inMemoryTokenVault();
  const mailer = inMemoryMailer();
  const queued: Task[] = [];
  const queues = { send: async (task: Task) => void queued.push(task) };
  const random = () => 0.5;
  const common = { table, now, newId: randomUUID, vault, queues, clock, random };
  // single calls need not wait here: their slots have tests of their own
  const gradientFor = () => client.as({ pacer: freePacer });
  const minutes = (count: number) => () => count * 60_000;

  const suspend = suspendIntegration(common);
  const refusals: Refusals = given ?? {
    obstacleFor: async () => null,
    note: async () => undefined,
    confirm: async ({ partnerId: refused, tokenVersionId }) => {
      await suspend({ partnerId: refused, versionId: tokenVersionId });
      return "refused";
    },
    forbid: async () => undefined,
  };
  const pacersFor = lanePacers({ table, clock, per: "vendor", perSecond: callsPerSecond });
  /** A worker whose table, or whatever else, is another than everybody's. */
  const workerWith = (changed: Partial<Parameters<typeof exportUsage>[0]> = {}) =>
    exportUsage({ ...common, gradient: client, refusals, pacersFor, callsPerSecond, ...changed });
  const worker = workerWith();
  /** One message by itself, in an invocation of its own. */
  const exporter = async (message: Message, invocation: { remainingMs: () => number }): Promise<string> => {
    const outcome = (await worker([message], invocation)).get(message);
    if (outcome === undefined || typeof outcome === "object") throw outcome?.failure;
    return outcome;
  };
  const admit = admitExports({
    ...common,
    obstacleFor: refusals.obstacleFor,
    linesPerSecond: callsPerSecond,
    probeDue: async () => undefined,
  });
  const sync = syncAccounts({ ...common, refusals, gradientFor });
  /** Something calls for a look, which is made at once. */
  const look = async ({ partnerId: of, reason }: { partnerId: string; reason: OpenWord<SyncReason> }) => {
    const before = await findIntegration(table, of);
    if (before && maySend(before)) {
      const { integration } = askLook(before, reason, { at: now().toISOString(), newId: randomUUID });
      await table.transact([integrationWrite(integration)]);
    }
    return sync({ partnerId: of });
  };
  const bring = syncCatalogue({ ...common, refusals, gradientFor });
  const catalogue = (invocation = { remainingMs: minutes(1) }) => bring(invocation);
  const watch = watchMappings({ ...common, callsPerSecond });
  const mail = sendOwnerMail({
    ...common,
    mailer,
    agreement: currentAgreement,
    hubUrl: "https://hub.example",
    gradientBaseUrl: "https://gradient.example/api",
  });
  const close = closeConnection({
    table,
    gradientFor,
    vault,
    clock,
    newId: randomUUID,
    obstacleFor: refusals.obstacleFor,
  });
  const register = registerToken({
    ...common,
    gradientFor,
    secretPrefix: "p/",
    hashKey: async () => "hash-key",
  });
  const sweep = sweepOutbox({ table, queues, now: () => new Date(clock.now() + 60_001) });

  const run = async (task: Task): Promise<string> => {
    switch (task.kind) {
      case "export-usage":
        return exporter(task, { remainingMs: minutes(5) });
      case "sync-accounts":
        return sync(task);
      case "sync-catalogue":
        return catalogue().then(({ created }) => `created ${created}`);
      case "send-owner-mail":
        return mail(task);
      case "close-connection":
        return close(task);
    }
  };

  /** Where the partner has connected, whatever its key is by now. */
  let organization = gradient.organizationOf(token);
  const world = {
    clock,
    table,
    gradient,
    vault,
    mailer,
    queued,
    partnerId,
    token,
    /** The key that Gradient takes now. */
    tokenNow: () => organization?.token ?? token,
    by,
    common,
    exporter,
    admit,
    worker,
    workerWith,
    sync: look,
    /** As a message does: whatever is due. */
    raw: (of: string) => sync({ partnerId: of }),
    catalogue,
    watch,
    mail,
    close,
    register,
    integration: async () => {
      const found = await findIntegration(table, partnerId);
      if (!found) throw new Error("The partner has not started");
      return found;
    },
    addService: async (id: string) => {
      const at = now().toISOString();
      const service = {
        id,
        name: `Service ${id}`,
        description: id,
        category: "security",
        subcategory: "other",
      } as const;
      const kept = { gradientServiceId: null, createdUntil: null, updatedAt: at, version: 1 };
      await table.put(toServiceItem({ ...service, unit: "seats", ...kept }));
    },
    addCustomer: async (id: string, billing: "billed" | "trial" = "billed") => {
      const at = now().toISOString();
      const state = { removedAt: null, retiredAt: null, isMapped: null, updatedAt: at, version: 1 };
      await table.put(toCustomerItem({ id, name: `Customer ${id}`, billing, partnerId, ...state }));
    },
    setUsage: async (customerId: string, counts: Record<string, number>) => {
      const measuredAt = now().toISOString();
      const entries = Object.entries(counts).map(([id, unitCount]) => [id, { unitCount, measuredAt }] as const);
      await table.put(toUsageItem({ partnerId, customerId, counts: Object.fromEntries(entries), version: 1 }));
    },
    /** Brings owed tasks to their queue and works the queue off, until nothing is left. */
    work: async (): Promise<string[]> => {
      const outcomes: string[] = [];
      for (;;) {
        if (table.rows.values().some(({ pk }) => outboxPks.includes(pk))) await sweep({ remainingMs: minutes(1) });
        const task = queued.shift();
        if (!task) return outcomes;
        outcomes.push(`${task.kind}: ${await clock.settle(run(task))}`);
      }
    },
    /** Minutes go by, each with its jobs, and everything that follows is worked off. */
    live: async (count: number): Promise<string[]> => {
      const outcomes: string[] = [];
      for (let minute = 0; minute < count; minute += 1) {
        await clock.settle(clock.sleep(60_000));
        await clock.settle(watch({ remainingMs: minutes(1) }));
        await clock.settle(catalogue());
        await clock.settle(admit({ remainingMs: minutes(1) }));
        outcomes.push(...(await world.work()));
      }
      return outcomes;
    },
    /** Time goes by without anybody's doing anything. */
    pass: (ms: number): Promise<void> => clock.settle(clock.sleep(ms)),
    /** From nothing to a confirmed agreement, with the owner told and the accounts in Gradient. */
    connect: async () => {
      organization = gradient.organizationOf(token) ?? gradient.addOrganization({ token });
      await startIntegration(common)({ partnerId, by });
      await register({ partnerId, text: token, by });
      const { version, sha256 } = currentAgreement;
      await confirmAgreement({ ...common, agreement: currentAgreement })({
        partnerId,
        version,
        sha256,
        by,
        name: "Ada Admin",
        email: "ada@example.com",
      });
      return world.work();
    },
    /** The partner maps these accounts, and all services, in Gradient. */
    map: (customerIds: string[]) => {
      for (const id of customerIds) gradient.mapAccount(token, id);
      for (const { id } of gradient.services) gradient.mapService(token, id);
    },
    /** What Gradient holds, by the hub's ids. */
    counts: async (): Promise<Record<string, number>> => {
      const names = new Map(gradient.services.map(({ id, name }) => [id, name.replace("Service ", "")]));
      const held = organization?.counts ?? new Map<string, Map<string, number>>();
      return Object.fromEntries(
        [...held].flatMap(([account, counts]) =>
          [...counts].map(([service, count]) => [`${account}/${names.get(service) ?? service}`, count]),
        ),
      );
    },
  };
  return world;
};

export type ServiceWorld = ReturnType<typeof serviceWorld>;
