import { expect, it } from "vitest";
import { recordCustomers } from "#functions/record-customers/record-customers";
import { recordUsage } from "#functions/record-usage/record-usage";
import { removeCustomer } from "#functions/remove-customer/remove-customer";
import { AppError } from "#shared/errors";
import { activeWorld, send } from "#test/builders/connected-world";
import { aCustomerRecord } from "#test/builders/customer";
import { seededRandom } from "#test/builders/seeded-random";
import type { InMemoryGradient } from "#test/fakes/in-memory-gradient";
import type { ServiceWorld } from "#test/fakes/service-world";

const ids = ["a", "b", "c"];
// comes later, and is never counted: so that accounts are created, too
const named = [...ids, "d"];
const names = ["Alder", "Birch  Dental", "Cedar"];

/** What the hub has told of a customer. */
interface Told {
  name: string;
  isThere: boolean;
  /** Undefined since it came back, until it is measured. */
  count: number | undefined;
}

const feedOf = (world: ServiceWorld, told: Map<string, Told>) => {
  const { partnerId } = world;
  const of = (id: string): Told => told.get(id) ?? { name: "", isThere: false, count: undefined };
  return {
    tell: async (id: string, name: string) => {
      await recordCustomers(world.common)({ partnerId, customers: [aCustomerRecord({ id, name })] });
      told.set(id, { ...of(id), name, isThere: true });
    },
    remove: async (id: string) => {
      if (!of(id).isThere) return;
      await removeCustomer(world.common)({ partnerId, customerId: id });
      told.set(id, { ...of(id), isThere: false, count: undefined });
    },
    measure: async (id: string, unitCount: number) => {
      if (!of(id).isThere) return;
      const measuredAt = new Date(world.clock.now()).toISOString();
      const record = { customerId: id, serviceId: "dns", unitCount, measuredAt };
      await recordUsage(world.common)({ partnerId, measurements: [{ index: 0, record }] });
      told.set(id, { ...of(id), count: unitCount });
    },
  };
};

const play = async (seed: number) => {
  const random = seededRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const pick = (list: string[]): string => list[below(list.length)] ?? "";
  const told = new Map<string, Told>();
  let hears = async (): Promise<void> => undefined;
  const through = (gradient: InMemoryGradient): InMemoryGradient => ({
    ...gradient,
    createAccounts: async (token, accounts) => {
      await hears();
      await gradient.createAccounts(token, accounts);
    },
    changeAccounts: async (token, changes) => {
      await hears();
      await gradient.changeAccounts(token, changes);
    },
  });
  const world = await activeWorld(ids, { through });
  const feed = feedOf(world, told);
  for (const id of ids) told.set(id, { name: `Customer ${id}`, isThere: true, count: 10 });
  // the feed has news while a look's calls are under way
  hears = async () => {
    if (random() >= 0.3) return;
    await (random() < 0.7 ? feed.tell(pick(named), pick(names)) : feed.remove(pick(ids)));
  };
  const lost = { error: new AppError("unavailable", "gradient.unavailable", "down") };
  const moves = [
    () => feed.tell(pick(named), pick(names)),
    () => feed.tell(pick(named), pick(names)),
    () => feed.remove(pick(ids)),
    () => feed.measure(pick(ids), below(30)),
    () => world.live(1 + below(3)),
    () => send(world, "changes"),
  ];
  // a few only: looks come ever later while they fail
  for (let failures = below(3); failures > 0; failures -= 1) {
    moves[moves.length] = async () => {
      moves.pop();
      const call = (["createAccounts", "changeAccounts", "readAccounts"] as const)[below(3)] ?? "readAccounts";
      world.gradient.failNext(call, lost, { lands: random() < 0.5 });
    };
  }
  for (let step = 0; step < 25; step += 1) {
    await moves[below(moves.length)]?.();
    await world.pass(1_000);
  }
  await world.live(10);
  // a removal after the last run would have to wait for the next one
  hears = async () => undefined;
  await send(world, "changes");
  await world.live(30);
  return { world, told };
};

it.each(Array.from({ length: 60 }, (_, seed) => seed))(
  "a feed that renames, removes and brings back in any order ends with Gradient equal to the hub: seed %i",
  async (seed) => {
    const { world, told } = await play(seed);
    const accounts = world.gradient.organizationOf(world.token)?.accounts;
    const counts = await world.counts();

    for (const [id, { name, isThere, count }] of told) {
      const account = accounts?.get(id);
      if (isThere) expect(account, id).toMatchObject({ name, isActive: true });
      else expect(account, id).toMatchObject({ isActive: false });
      if (!isThere) expect(counts[`${id}/dns`], id).toBe(0);
      else if (count !== undefined) expect(counts[`${id}/dns`], id).toBe(count);
    }
    expect(accounts?.size).toBe(told.size);
  },
);
