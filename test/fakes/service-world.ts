import { randomUUID } from "node:crypto";
import { closeConnection } from "#functions/close-connection/close-connection";
import { confirmAgreement } from "#functions/confirm-agreement/confirm-agreement";
import { exportUsage } from "#functions/export-usage/export-usage";
import { registerToken } from "#functions/register-token/register-token";
import { sweepOutbox } from "#functions/relay-outbox/relay-outbox";
import { sendOwnerMail } from "#functions/send-owner-mail/send-owner-mail";
import { startIntegration } from "#functions/start-integration/start-integration";
import { syncAccounts } from "#functions/sync-accounts/sync-accounts";
import { currentAgreement } from "#shared/agreements/agreement";
import { toCustomerItem } from "#shared/customers/customer";
import type { GradientApi } from "#shared/gradient/gradient-api";
import { type PartnerToken, partnerToken } from "#shared/gradient/gradient-token";
import { findIntegration } from "#shared/integrations/integration";
import { outboxPks, type Task } from "#shared/outbox/outbox";
import { pacer } from "#shared/pace/pacer";
import { tableSlots } from "#shared/pace/table-slots";
import { toPartnerItem } from "#shared/partners/partner";
import { toServiceItem } from "#shared/services/hub-service";
import { toUsageItem } from "#shared/usage/usage";
import { type InMemoryGradient, inMemoryGradient } from "#test/fakes/in-memory-gradient";
import { inMemoryMailer } from "#test/fakes/in-memory-mailer";
import { inMemoryTable } from "#test/fakes/in-memory-table";
import { inMemoryTokenVault } from "#test/fakes/in-memory-token-vault";
import { virtualClock } from "#test/fakes/virtual-clock";
import { callsPerSecond } from "./rate.ts";

const partnerId = "org-1";
const usualToken = partnerToken.parse("gradient-partner-token-0001");
const by = { actor: "user-1", actorName: "Ada Admin", address: "203.0.113.7" };

interface Options {
  /** Puts something between the service and Gradient. */
  through?: (gradient: InMemoryGradient) => GradientApi;
  token?: PartnerToken;
}

/** Every use case of the service on in-memory ports and a virtual clock, with one partner in it. */
export const serviceWorld = ({ through = (gradient) => gradient, token = usualToken }: Options = {}) => {
  const clock = virtualClock();
  const now = () => clock.date();
  const table = inMemoryTable();
  const gradient = inMemoryGradient({ now });
  const gradientApi = through(gradient);
  const vault = inMemoryTokenVault();
  const mailer = inMemoryMailer();
  const queued: Task[] = [];
  const queues = { send: async (task: Task) => void queued.push(task) };
  const common = { table, now, newId: randomUUID, vault, queues, clock };
  const slotsFor = () => tableSlots(table, "vendor", clock, callsPerSecond);
  const minutes = (count: number) => () => count * 60_000;

  const exporter = exportUsage({ ...common, gradient: gradientApi, slotsFor, random: () => 0.5 });
  const sync = syncAccounts({ ...common, gradientFor: () => gradientApi });
  const mail = sendOwnerMail({
    ...common,
    mailer,
    agreement: currentAgreement,
    hubUrl: "https://hub.example",
    gradientBaseUrl: "https://gradient.example/api",
  });
  const close = closeConnection({
    table,
    gradient: gradientApi,
    vault,
    pacerFor: () => pacer(slotsFor(), clock, 1),
    clock,
  });
  const register = registerToken({
    ...common,
    gradient: gradientApi,
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
      case "send-owner-mail":
        return mail(task);
      case "close-connection":
        return close(task);
    }
  };

  const world = {
    clock,
    table,
    gradient,
    vault,
    mailer,
    queued,
    partnerId,
    token,
    by,
    common,
    exporter,
    sync,
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
        if (outboxPks.some((pk) => [...table.rows.values()].some((row) => row.pk === pk)))
          await sweep({ remainingMs: minutes(1) });
        const task = queued.shift();
        if (!task) return outcomes;
        outcomes.push(`${task.kind}: ${await clock.settle(run(task))}`);
      }
    },
    /** From nothing to a confirmed agreement, with the owner told and the accounts in Gradient. */
    connect: async () => {
      const owner = { name: "Olga Owner", email: "olga@example.com" };
      const at = now().toISOString();
      await table.put(
        toPartnerItem({ id: partnerId, name: "Example MSP", owner, timeZone: "UTC", updatedAt: at, version: 1 }),
      );
      if (!gradient.organizationOf(token)) gradient.addOrganization({ token });
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
      const held = gradient.organizationOf(token)?.counts ?? new Map<string, Map<string, number>>();
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
