import { describe, expect, it } from "vitest";
import { cancelExport } from "#functions/cancel-export/cancel-export";
import { type ExportRequest, startUsageExport } from "#shared/exports/start-usage-export";
import { listExports } from "#shared/exports/usage-export";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";

/** A partner whose counts Gradient holds, but for what its hub has counted since. */
const activeWorld = async (mapped = ["a", "b", "c"], customers = ["a", "b", "c"]) => {
  const world = serviceWorld();
  await world.addService("dns");
  for (const id of customers) {
    await world.addCustomer(id);
    await world.setUsage(id, { dns: 10 });
  }
  await world.connect();
  world.map(mapped);
  await world.sync({ partnerId: world.partnerId, reason: "check" });
  await world.work();
  await world.clock.settle(world.clock.sleep(60_000));
  await world.setUsage("b", { dns: 77 });
  return world;
};

const start = (world: ServiceWorld, request: Omit<ExportRequest, "partnerId" | "id" | "trigger"> & { id?: string }) =>
  startUsageExport(world.common)({ partnerId: world.partnerId, id: "run", trigger: "manual", ...request });

const oneSecond = (world: ServiceWorld) => world.clock.settle(world.clock.sleep(1_000));

/** The partner's key is refused, and a second later somebody registers the next one. */
const replaceToken = async (world: ServiceWorld): Promise<PartnerToken> => {
  const next = world.gradient.regenerateKey(world.token);
  await world.sync({ partnerId: world.partnerId, reason: "check" });
  await world.work();
  expect(await world.integration()).toMatchObject({ state: "suspended" });
  await oneSecond(world);
  await world.register({ partnerId: world.partnerId, text: next, by: world.by });
  return next;
};

/** What is owed to the accounts' queue arrives now. */
const syncNow = async (world: ServiceWorld, reason: "replaced" | "check") => {
  const outcome = await world.sync({ partnerId: world.partnerId, reason });
  for (const { pk, sk, task } of [...world.table.rows.values()]) {
    if (Object(task).kind === "sync-accounts") await world.table.delete({ pk, sk });
  }
  return outcome;
};

/** The runs since, oldest first, as their modes and ends. */
const runsOf = async ({ table, partnerId }: ServiceWorld) =>
  (await listExports(table, partnerId, { limit: 100 })).items
    .sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1))
    .slice(1)
    .map(({ trigger, mode, outcome }) => `${trigger} ${mode} ${outcome}`);

describe("the run of everything after a new token", () => {
  it.each([
    ["a dry run", { mode: "dry-run" }, "manual dry-run succeeded"],
    ["a run of changes", { mode: "changes" }, "manual changes succeeded"],
    ["a run of one customer", { mode: "full", customerIds: ["a"] }, "manual full succeeded"],
  ] as const)("follows once where %s was first", async (_, { mode, ...narrowed }, first) => {
    const world = await activeWorld();
    const next = await replaceToken(world);
    await oneSecond(world);
    await start(world, { mode, ...("customerIds" in narrowed ? { customerIds: [...narrowed.customerIds] } : {}) });
    await oneSecond(world);
    expect(await syncNow(world, "replaced")).toBe("synced");

    await world.work();

    expect(await runsOf(world)).toEqual([first, "recovery full succeeded"]);
    expect([...(world.gradient.organizationOf(next)?.counts.get("b")?.values() ?? [])]).toEqual([77]);
    expect((await world.integration()).lastFullAt).not.toBeNull();
  });

  it("follows once where a run was on its way when the token was registered", async () => {
    const world = await activeWorld();
    await start(world, { mode: "full" });
    await oneSecond(world);
    const next = world.gradient.regenerateKey(world.token);
    await world.register({ partnerId: world.partnerId, text: next, by: world.by });
    expect(await syncNow(world, "replaced")).toBe("synced");

    await world.work();

    expect(await runsOf(world)).toEqual(["manual full succeeded", "recovery full succeeded"]);
  });

  it("follows once where the run on its way met the refusal of the old one", async () => {
    const customers = ["b", ...Array.from({ length: 300 }, (_, index) => `c${index}`)];
    const world = await activeWorld(customers, customers);
    await start(world, { mode: "full" });
    const replacing = async () => {
      await world.clock.sleep(500);
      const next = world.gradient.regenerateKey(world.token);
      await world.register({ partnerId: world.partnerId, text: next, by: world.by });
      expect(await syncNow(world, "replaced")).toBe("synced");
    };

    await world.clock.settle(
      Promise.all([
        world.exporter({ partnerId: world.partnerId, exportId: "run" }, { remainingMs: () => 300_000 }),
        replacing(),
      ]),
    );
    await world.work();

    expect(await runsOf(world)).toEqual(["manual full partial", "recovery full succeeded"]);
    expect(await world.integration()).toMatchObject({ state: "active", problems: [] });
  });

  it("is had with a full run, though not every line is mapped", async () => {
    const world = await activeWorld(["a", "b"]);
    await replaceToken(world);
    await oneSecond(world);
    await start(world, { mode: "full" });
    expect(await syncNow(world, "replaced")).toBe("synced");

    await world.work();

    expect(await runsOf(world)).toEqual(["manual full partial"]);
  });

  it("is not begun again when a person cancels it", async () => {
    const world = await activeWorld();
    await replaceToken(world);
    await oneSecond(world);
    expect(await syncNow(world, "replaced")).toBe("export-started");
    const { currentExportId, partnerId } = await world.integration();
    await cancelExport(world.common)({ partnerId, exportId: currentExportId ?? "", by: world.by });

    await world.work();

    expect(await runsOf(world)).toEqual(["recovery full failed"]);
  });

  it("is not begun again when Gradient refuses the next token, too", async () => {
    const world = await activeWorld();
    const next = await replaceToken(world);
    await start(world, { mode: "changes" });
    expect(await syncNow(world, "replaced")).toBe("synced");
    world.gradient.regenerateKey(next);

    await world.work();

    expect(await runsOf(world)).toEqual(["manual changes partial"]);
    expect(await world.integration()).toMatchObject({ state: "suspended" });
  });
});

it("sends the accounts that were mapped while a narrowed run was on its way", async () => {
  const world = await activeWorld(["a"]);
  await start(world, { mode: "full", customerIds: ["a"] });
  await oneSecond(world);
  world.map(["b", "c"]);
  expect(await syncNow(world, "check")).toBe("synced");

  await world.work();

  expect(await runsOf(world)).toEqual(["manual full succeeded", "mapping full succeeded"]);
  expect(await world.counts()).toEqual({ "a/dns": 10, "b/dns": 77, "c/dns": 10 });
});
