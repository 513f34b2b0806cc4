import { describe, expect, it } from "vitest";
import { removeCustomer } from "#functions/remove-customer/remove-customer";
import { pack, unpack } from "#shared/table/packed";
import { type Item, store } from "#shared/table/table";
import { bucketWrite, readBucket } from "#shared/usage/ledger";
import {
  activeWorld,
  carry,
  connectedWorld,
  customersNamed,
  receiptsOf,
  send,
  start,
} from "#test/builders/connected-world";

const isSending = ({ sk, packed }: Item): boolean =>
  sk.startsWith("chunk#") && JSON.stringify(unpack(packed)).startsWith('{"state":"sending"');

describe("the first chunks, noted with the plan", () => {
  it("hold no line of a customer that went while its partner was read: zero is sent", async () => {
    const world = await activeWorld(["a", "b"]);
    await world.setUsage("b", { dns: 11, sig: 1 });
    const run = await start(world, "changes");
    const query = world.table.query.bind(world.table);
    let isGone = false;
    world.table.query = async (asked) => {
      if (asked.prefix === "usage#" && !isGone) {
        isGone = true;
        await world.clock.sleep(50);
        await removeCustomer(world.common)({ partnerId: world.partnerId, customerId: "b" });
      }
      return query(asked);
    };

    await world.clock.settle(carry(world, run));

    expect(isGone).toBe(true);
    expect(await world.counts()).toMatchObject({ "b/dns": 0, "b/sig": 0 });
    expect((await receiptsOf(world, run)).filter(({ customerId }) => customerId === "b")).toMatchObject([
      { serviceId: "dns", unitCount: 0, outcome: "accepted" },
      { serviceId: "sig", unitCount: 0 },
    ]);
  });

  it("leave what connections before hold where it is", async () => {
    const world = await activeWorld(["a"]);
    const { ledgerBits: bits, gradient } = await world.integration();
    const place = { partnerId: world.partnerId, bits, number: 0 };
    const row = await readBucket(world.table, place, gradient?.integrationId ?? "");
    const elsewhere = [{ connectionId: "before", packed: pack([...row.entries.values()]) }];
    await store(world.table, bucketWrite({ ...row, elsewhere }));
    await world.setUsage("a", { dns: 77, sig: 3 });

    expect(await send(world, "changes")).toMatchObject({ totals: { accepted: 2 } });

    const { entries } = await readBucket(world.table, place, "before");
    expect(entries).toEqual(row.entries);
  });

  it("are not those of a large run, not even of its partner's first", async () => {
    const customers = customersNamed(600);
    const world = await connectedWorld(customers);
    world.map(customers);
    const first = new Map<string, boolean>();
    const put = world.table.put.bind(world.table);
    world.table.put = async (item, expected) => {
      const key = `${item.pk} ${item.sk}`;
      if (item.sk.startsWith("chunk#") && !first.has(key)) first.set(key, isSending(item));
      return put(item, expected);
    };

    const { totals } = await send(world);

    expect(totals.lines).toBeGreaterThan(1_000);
    expect([...first.values()].filter(Boolean)).toHaveLength(0);
  });
});
