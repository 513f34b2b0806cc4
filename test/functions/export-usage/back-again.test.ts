import { expect, it } from "vitest";
import { recordCustomers } from "#functions/record-customers/record-customers";
import { recordUsage } from "#functions/record-usage/record-usage";
import { removeCustomer } from "#functions/remove-customer/remove-customer";
import { isWanted } from "#shared/integrations/record/wants";
import { activeWorld, receiptsOf, send, start } from "#test/builders/connected-world";
import { aCustomerRecord } from "#test/builders/customer";
import type { ServiceWorld } from "#test/fakes/service-world";

const remove = (world: ServiceWorld) => removeCustomer(world.common)({ partnerId: world.partnerId, customerId: "a" });
const bringBack = (world: ServiceWorld) =>
  recordCustomers(world.common)({ partnerId: world.partnerId, customers: [aCustomerRecord({ id: "a" })] });
const measure = (world: ServiceWorld, unitCount: number) =>
  recordUsage(world.common)({
    partnerId: world.partnerId,
    measurements: [
      {
        index: 0,
        record: { customerId: "a", serviceId: "dns", unitCount, measuredAt: world.common.now().toISOString() },
      },
    ],
  });

it.each(["changes", "full"] as const)(
  "a customer that was removed and came back is not billed as zero in a run of %s, but waits for its measurement",
  async (mode) => {
    const world = await activeWorld(["a", "b"]);
    await remove(world);
    await bringBack(world);

    const run = await send(world, mode);

    expect(await world.counts()).toMatchObject({ "a/dns": 10 });
    expect(run).toMatchObject({ outcome: "succeeded", totals: { deferred: 2 } });
    const receipts = (await receiptsOf(world, run)).filter(({ customerId }) => customerId === "a");
    expect(receipts).toMatchObject(
      ["dns", "sig"].map((serviceId) => ({
        serviceId,
        unitCount: null,
        outcome: "deferred",
        reason: expect.stringContaining("not been measured"),
      })),
    );
    expect(isWanted((await world.integration()).wants.retry)).toBe(false);

    await measure(world, 12);
    await world.live(1);
    expect(await world.counts()).toMatchObject({ "a/dns": 12 });
  },
);

it("its zeros stay, once they were sent, until it is measured", async () => {
  const world = await activeWorld(["a", "b"]);
  await remove(world);
  await send(world, "changes");
  await bringBack(world);
  await world.live(1);

  const { totals } = await send(world, "changes");
  expect(totals).toMatchObject({ deferred: 2 });
  expect(await world.counts()).toMatchObject({ "a/dns": 0 });

  await measure(world, 12);
  await world.live(1);
  expect(await world.counts()).toMatchObject({ "a/dns": 12 });
});

it("one that is removed while its line waits is sent its zero", async () => {
  const world = await activeWorld(["a", "b"]);
  await world.setUsage("a", { dns: 20, sig: 0 });
  const { table } = world;
  let isRemoved = false;
  const worker = world.workerWith({
    table: {
      ...table,
      put: async (item, expectation) => {
        await table.put(item, expectation);
        // the plan is written, by a worker that has no time left: the numbers are read after that
        if (isRemoved || !item.sk.startsWith("chunk#")) return;
        isRemoved = true;
        await remove(world);
      },
    },
  });
  const { id: exportId, lane } = await start(world, "changes");
  const message = { partnerId: world.partnerId, exportId, lane };
  await world.clock.settle(worker([message], { remainingMs: () => 60_000 }));
  expect(isRemoved).toBe(true);

  await world.work();

  expect(await world.counts()).toMatchObject({ "a/dns": 0 });
});
