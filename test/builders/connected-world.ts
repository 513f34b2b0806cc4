import { listChunks } from "#shared/exports/chunk";
import type { Receipt } from "#shared/exports/line";
import { startUsageExport } from "#shared/exports/start-usage-export";
import { type ExportMode, findExport, type UsageExport } from "#shared/exports/usage-export";
import type { GradientApi } from "#shared/gradient/gradient-api";
import type { InMemoryGradient } from "#test/fakes/in-memory-gradient";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";

/** A partner with two services that waits for its mapping, and its customers with a count for each. */
export const connectedWorld = async (
  customers = ["a", "b", "c"],
  through: (gradient: InMemoryGradient) => GradientApi = (gradient) => gradient,
) => {
  const world = serviceWorld({ through });
  await world.addService("dns");
  await world.addService("sig");
  for (const id of customers) {
    await world.addCustomer(id);
    await world.setUsage(id, { dns: 10, sig: 0 });
  }
  await world.connect();
  return world;
};

/** Starts a run, and has everything worked off that follows. */
export const send = async (world: ServiceWorld, mode: ExportMode = "full", id = `run-${world.clock.now()}`) => {
  await startUsageExport(world.common)({ partnerId: world.partnerId, id, trigger: "manual", mode, by: world.by });
  await world.work();
  const over = await findExport(world.table, world.partnerId, id);
  if (!over) throw new Error("no export");
  return over;
};

export const receiptsOf = async (world: ServiceWorld, { id }: UsageExport): Promise<Receipt[]> => {
  const { items } = await listChunks(world.table, world.partnerId, id, { limit: 1000 });
  return items.flatMap(({ content }) => (content.state === "done" ? content.receipts : []));
};
