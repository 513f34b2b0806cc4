import { describe, expect, it } from "vitest";
import { startUsageExport } from "#shared/exports/start-usage-export";
import { findExport } from "#shared/exports/usage-export";
import type { CountAnswer, UnitCount } from "#shared/gradient/gradient-api";
import { landsWithinMs } from "#shared/gradient/lost-calls";
import { limiterKey } from "#shared/pace/table-slots";
import { lineKey, readLedger } from "#shared/usage/ledger";
import { serviceWorld } from "#test/fakes/service-world";

type Intercept = (count: UnitCount, at: number) => CountAnswer | undefined;

/** Three customers are mapped, the fourth and last line is not: the run's last call is refused, and one is repeated for the views. */
const worldWith = async (intercept: Intercept) => {
  const world = serviceWorld({
    through: (gradient) => ({
      ...gradient,
      setUnitCount: async (token, count) =>
        (count.rebuildsViews && intercept(count, world.clock.now())) || gradient.setUnitCount(token, count),
    }),
  });
  await world.addService("dns");
  for (const id of ["a", "b", "c", "d"]) {
    await world.addCustomer(id);
    await world.setUsage(id, { dns: 10 });
  }
  await world.connect();
  world.map(["a", "b", "c"]);
  await startUsageExport(world.common)({ partnerId: world.partnerId, id: "run", trigger: "manual", mode: "full" });
  return world;
};

describe("the call for the views", () => {
  it("goes to another accepted line where the last one was unmapped meanwhile", async () => {
    const world = await worldWith(({ accountId }) =>
      accountId === "c" ? { kind: "unmapped", message: "No account map found" } : undefined,
    );
    await world.work();

    expect(await findExport(world.table, world.partnerId, "run")).toMatchObject({ viewsRebuilt: true });
    expect(world.gradient.countsReceived.at(-1)).toMatchObject({ accountId: "b", rebuildsViews: true });
  });

  it("suspends the integration when Gradient refuses the token", async () => {
    const world = await worldWith(({ accountId }) => (accountId === "d" ? undefined : { kind: "token-rejected" }));
    await world.work();

    expect(await findExport(world.table, world.partnerId, "run")).toMatchObject({ stop: "token-rejected" });
    expect(await world.integration()).toMatchObject({ state: "suspended" });
  });

  it("stops everybody when Gradient refuses all calls", async () => {
    const world = await worldWith(({ accountId }) => (accountId === "d" ? undefined : { kind: "forbidden" }));
    await world.work();

    expect(await findExport(world.table, world.partnerId, "run")).toMatchObject({ stop: "forbidden" });
    expect(await world.table.get(limiterKey("vendor"))).toMatchObject({ blockedSince: expect.any(String) });
  });

  it("is made by the next run where a refusal kept this one from it", async () => {
    let refusals = 1;
    const world = await worldWith(({ accountId }) => {
      if (accountId !== "d" || refusals === 0) return undefined;
      refusals -= 1;
      return { kind: "forbidden" };
    });
    await world.work();
    expect(await world.integration()).toMatchObject({ viewsOwed: { customerId: "c", serviceId: "dns" } });

    await world.table.delete(limiterKey("vendor"));
    await startUsageExport(world.common)({
      partnerId: world.partnerId,
      id: "next",
      trigger: "manual",
      mode: "changes",
    });
    await world.work();

    const next = await findExport(world.table, world.partnerId, "next");
    expect(next).toMatchObject({ totals: { unchanged: 3, unmapped: 1 }, viewsRebuilt: true });
    expect(world.gradient.countsReceived.at(-1)).toMatchObject({ accountId: "c", rebuildsViews: true });
    expect(await world.integration()).toMatchObject({ viewsOwed: null });
  });

  it("is noted as under way until its last repeat cannot land any more, also by a worker that dies then", async () => {
    const sentAt: number[] = [];
    const world = await worldWith(({ accountId }, at) => {
      if (accountId === "d") return undefined;
      if (sentAt.length === 4) throw new Error("dies");
      sentAt.push(at);
      return { kind: "in-doubt", reason: "no answer" };
    });
    await expect(world.work()).rejects.toThrow("dies");

    const { ledgerBits: bits, gradient } = await world.integration();
    const connectionId = gradient?.integrationId ?? "";
    const ledger = await readLedger(world.table, { partnerId: world.partnerId, bits, connectionId });
    const { doubt } = ledger.get(lineKey({ customerId: "c", serviceId: "dns" })) ?? {};
    expect(sentAt.at(-1)).toBeGreaterThan((sentAt[0] ?? 0) + 3000);
    expect(Date.parse(doubt?.until ?? "")).toBeGreaterThanOrEqual((sentAt.at(-1) ?? 0) + landsWithinMs);
  });
});
