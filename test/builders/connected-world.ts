import { confirmAgreement } from "#functions/confirm-agreement/confirm-agreement";
import { putSchedule } from "#functions/put-schedule/put-schedule";
import { type SendUsage, startExport } from "#functions/start-export/start-export";
import { currentAgreement } from "#shared/agreements/agreement";
import type { Refusals } from "#shared/breakers/refusals";
import { listChunks } from "#shared/exports/chunk";
import type { Receipt } from "#shared/exports/line";
import { type ExportMode, findExport, listExports, type UsageExport } from "#shared/exports/usage-export";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import { exportSchedule } from "#shared/schedules/schedule";
import { lineKey, readLedger } from "#shared/usage/ledger";
import type { InMemoryGradient } from "#test/fakes/in-memory-gradient";
import type { GradientSide } from "#test/fakes/paced-gradient";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";

/** A partner with two services that waits for its mapping, and its customers with a count for each. */
export const connectedWorld = async (
  customers = ["a", "b", "c"],
  through: (gradient: InMemoryGradient) => GradientSide = (gradient) => gradient,
  refusals?: Refusals,
) => {
  const world = serviceWorld({ through, ...(refusals ? { refusals } : {}) });
  await world.addService("dns");
  await world.addService("sig");
  for (const id of customers) {
    await world.addCustomer(id);
    await world.setUsage(id, { dns: 10, sig: 0 });
  }
  await world.connect();
  return world;
};

/**
 * The same partner a minute after it has mapped these customers: Gradient holds their counts, and nothing is wanted.
 */
export const activeWorld = async (
  customers = ["a", "b", "c"],
  {
    mapped = customers,
    through,
    refusals,
  }: { mapped?: string[]; through?: Parameters<typeof connectedWorld>[1]; refusals?: Refusals } = {},
) => {
  const world = await connectedWorld(customers, through, refusals);
  world.map(mapped);
  await send(world);
  await world.live(1);
  await world.pass(1_000);
  return world;
};

/** The partner connects to another organization, and agrees to that. */
export const moveTo = async ({ common, register, partnerId, by }: ServiceWorld, token: PartnerToken): Promise<void> => {
  await register({ partnerId, text: token, by, confirmOrganizationChange: true });
  const { version, sha256 } = currentAgreement;
  const who = { name: "Ada Admin", email: "ada@example.com" };
  await confirmAgreement({ ...common, agreement: currentAgreement })({ partnerId, version, sha256, by, ...who });
};

/** The partner's schedule from now on, and until when it is paused. */
export const schedule = async (
  world: ServiceWorld,
  change: { [field in "frequency" | "hour" | "dayOfMonth" | "dayOfWeek" | "pausedUntil"]?: unknown },
) => {
  const { schedule: before } = await world.integration();
  const changed = exportSchedule.parse({ ...before, ...change });
  return putSchedule(world.common)({ partnerId: world.partnerId, schedule: changed, by: world.by });
};

export const pauseFor = (world: ServiceWorld, ms: number) =>
  schedule(world, { pausedUntil: new Date(world.clock.now() + ms).toISOString() });

/** As many customers as are asked for, by their ids. */
export const customersNamed = (count: number, prefix = "c"): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);

/** Somebody sends usage; no worker has heard of it. */
export const start = (
  world: ServiceWorld,
  mode: ExportMode = "full",
  narrowing: Partial<SendUsage> = {},
): Promise<UsageExport> => startExport(world.common)({ partnerId: world.partnerId, mode, by: world.by, ...narrowing });

export const exportOf = async ({ table, partnerId }: ServiceWorld, { id }: Pick<UsageExport, "id">) => {
  const found = await findExport(table, partnerId, id);
  if (!found) throw new Error(`There is no export ${id}`);
  return found;
};

/** Somebody sends usage, and everything is worked off that follows. */
export const send = async (world: ServiceWorld, mode: ExportMode = "full", narrowing: Partial<SendUsage> = {}) => {
  const started = await start(world, mode, narrowing);
  await world.work();
  return exportOf(world, started);
};

/** One worker has the run, and so much time left. To be settled by the world's clock. */
export const carry = (
  world: ServiceWorld,
  { id, lane }: Pick<UsageExport, "id" | "lane">,
  forMs = 300_000,
): Promise<string> => {
  const end = world.clock.now() + forMs;
  return world.exporter(
    { partnerId: world.partnerId, exportId: id, lane },
    { remainingMs: () => end - world.clock.now() },
  );
};

/** All runs that the partner sees, oldest first. */
export const runsOf = async ({ table, partnerId }: ServiceWorld): Promise<UsageExport[]> =>
  (await listExports(table, partnerId, { limit: 1000 })).items.sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));

/** A run in three words. */
export const inShort = ({ trigger, mode, outcome }: UsageExport): string => `${trigger} ${mode} ${outcome}`;

export const receiptsOf = async (world: ServiceWorld, { id }: Pick<UsageExport, "id">): Promise<Receipt[]> => {
  const { items } = await listChunks(world.table, world.partnerId, id, { limit: 1000 });
  return items.flatMap(({ content }) => (content.state === "done" ? content.receipts : []));
};

/** What the ledger says of a line now. */
export const ledgerEntryOf = async (world: ServiceWorld, customerId: string, serviceId: string) => {
  const { partnerId, ledgerBits: bits, gradient } = await world.integration();
  const entries = await readLedger(world.table, { partnerId, bits, connectionId: gradient?.integrationId ?? "" });
  return entries.get(lineKey({ customerId, serviceId }));
};

/** Every message that is owed or queued is lost. */
export const loseMessages = async ({ table, queued }: ServiceWorld): Promise<void> => {
  queued.length = 0;
  for (const { pk, sk } of [...table.rows.values()]) if (pk.startsWith("outbox#")) await table.delete({ pk, sk });
};
