import { closeConnection } from "#functions/close-connection/close-connection";
import { disconnectIntegration } from "#functions/disconnect-integration/disconnect-integration";
import { startIntegration } from "#functions/start-integration/start-integration";
import type { PartnerToken } from "#shared/gradient/gradient-token";
import { partnerToken } from "#shared/gradient/gradient-token";
import { outboxRow, type Task } from "#shared/outbox/outbox";
import type { Choose } from "#test/builders/every-choice";
import { aLedgerEntry, aLedgerRow } from "#test/builders/usage-export";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";

const keys = {
  a: partnerToken.parse("gradient-partner-token-0001"),
  b: partnerToken.parse("gradient-partner-token-000b"),
  c: partnerToken.parse("gradient-partner-token-000c"),
};
type Name = keyof typeof keys;

const units = 5;

/** A partner that has replaced connection A by B, where Gradient holds units; the message about A is not out yet. */
export const farewellWorld = async () => {
  const world = serviceWorld({ token: keys.a });
  await world.addService("dns");
  await world.addCustomer("a");
  await world.connect();
  world.gradient.addOrganization({ token: keys.b, organizationName: "B" });
  world.gradient.addOrganization({ token: keys.c, organizationName: "C" });
  await register(world, "b");
  const { gradient } = await world.integration();
  const organization = world.gradient.organizationOf(keys.b);
  organization?.accounts.set("a", { name: "Customer a", isMapped: true, isActive: true });
  const serviceId = world.gradient.services[0]?.id ?? "";
  world.gradient.mapService(keys.b, serviceId);
  organization?.counts.set("a", new Map([[serviceId, units]]));
  const line = {
    customerId: "a",
    serviceId: "dns",
    accepted: { unitCount: units, at: "2026-11-22T10:00:00.000Z", gen: 0 },
  };
  const place = { partnerId: world.partnerId, connectionId: gradient?.integrationId ?? "" };
  await world.table.put(aLedgerRow([aLedgerEntry(line)], place));
  return { world, keys };
};

const register = async (world: ServiceWorld, name: Name): Promise<void> => {
  const { partnerId, by } = world;
  await world.register({ partnerId, text: keys[name], by, confirmOrganizationChange: true });
};

/** What people do. */
export const deeds = {
  keep: (world) => disconnectIntegration(world.common)(world),
  zero: (world) => disconnectIntegration(world.common)({ ...world, finalCounts: "zero" }),
  start: (world) => startIntegration(world.common)(world),
  a: (world) => register(world, "a"),
  b: (world) => register(world, "b"),
  c: (world) => register(world, "c"),
} satisfies Record<string, (world: ServiceWorld) => Promise<unknown>>;
export type Deed = keyof typeof deeds;

type Message = Extract<Task, { kind: "close-connection" }>;

/** The messages about connections that were left, as they are owed: whoever calls this may hold them up. */
export const takeMessages = async ({ table }: ServiceWorld): Promise<Message[]> => {
  const taken: Message[] = [];
  for (const row of [...table.rows.values()].filter(({ pk }) => pk.startsWith("outbox#"))) {
    const { task } = outboxRow.parse(row);
    if (task.kind !== "close-connection") continue;
    taken.push(task);
    await table.delete(row);
  }
  return taken;
};

type Step = <T>(call: () => Promise<T>) => Promise<T>;
// to die after a read leaves what dying after the step before it leaves
const effects = ["transact", "remove", "setStatus"];
const stepping = <T extends object>(port: T, step: Step): T =>
  Object.fromEntries(
    Object.entries(port).map(([name, call]) => [
      name,
      typeof call === "function" && effects.includes(name)
        ? (...given: unknown[]) => step(async () => call(...given))
        : call,
    ]),
  ) as T;

/** A worker gets the message, and may die after any of its steps. Answers whether it has lived. */
const deliver = async (world: ServiceWorld, message: Message, dies: () => boolean): Promise<boolean> => {
  const life = Promise.withResolvers<boolean>();
  const step: Step = async (call) => {
    const result = await call();
    if (!dies()) return result;
    life.resolve(false);
    // a dead worker neither goes on nor fails
    return new Promise(() => undefined);
  };
  const { table, gradient, vault, clock, common } = world;
  const close = closeConnection({
    ...common,
    table: stepping({ get: table.get, transact: table.transact }, step),
    gradientFor: () => stepping({ readConnection: gradient.readConnection, setStatus: gradient.setStatus }, step),
    vault: stepping({ read: vault.read, remove: vault.remove, forget: vault.forget }, step),
    obstacleFor: async () => null,
  });
  close(message).then(() => life.resolve(true), life.reject);
  return clock.settle(life.promise);
};

const isCurrent = (token: PartnerToken, tokenNow: PartnerToken | null): boolean => token === tokenNow;

/** What is wrong once everything has come to rest. */
const wrongIn = async (world: ServiceWorld, script: readonly Deed[]): Promise<string[]> => {
  const { token } = await world.integration();
  const tokenNow = token && (await world.vault.read(token.secretName, token.versionId).catch(() => null));
  const wrong: string[] = [];
  if (token && tokenNow === null) wrong.push("the key in force is gone");
  for (const [name, key] of Object.entries(keys)) {
    const status = world.gradient.organizationOf(key)?.connection.status;
    if ((status === "inactive") === isCurrent(key, tokenNow)) wrong.push(`${name} is ${status}`);
  }
  const names = world.vault.names().filter((name) => name !== token?.secretName);
  if (names.length > 0) wrong.push(`${names.length} secrets are left over`);
  const row = await world.table.get({ pk: `partner#${world.partnerId}`, sk: "integration" });
  if (row?.closing !== null) wrong.push("the zeros have not come to an end");
  if (Array.isArray(row?.leftConnections) && row.leftConnections.length > 0) wrong.push("a connection is still owed");
  const held = [...(world.gradient.organizationOf(keys.b)?.counts.get("a")?.values() ?? [])];
  if (script.at(-1) === "zero" && held.some((count) => count > 0)) wrong.push("units are left in Gradient");
  return wrong;
};

/**
 * One history: what people do, and each message handled before, between or after that, in any order, one of them by a
 * worker that dies. Answers what is wrong in the end, with the history in words.
 */
export const playFarewell = async (
  script: readonly Deed[],
  { choose, mayDie }: { choose: Choose; mayDie: boolean },
): Promise<string[]> => {
  const { world } = await farewellWorld();
  const held: Message[] = [];
  const told: string[] = [];
  const ahead = [...script];
  let isDeathLeft = mayDie;
  for (;;) {
    held.push(...(await takeMessages(world)));
    const choice = held.length + ahead.length === 0 ? undefined : choose(held.length + (ahead.length > 0 ? 1 : 0));
    if (choice === undefined) break;
    const message = held[choice];
    if (!message) {
      const deed = ahead.shift();
      if (deed) await deeds[deed](world);
      told.push(`${deed}`);
      continue;
    }
    held.splice(choice, 1);
    let steps = 0;
    const dies = (): boolean => {
      steps += 1;
      const isDead = isDeathLeft && choose(2) === 1;
      if (isDead) isDeathLeft = false;
      return isDead;
    };
    const hasLived = await deliver(world, message, dies);
    told.push(`${message.versionId} of ${message.secretName.slice(0, 5)}${hasLived ? "" : ` dies after ${steps}`}`);
    if (!hasLived) held.push(message);
    if (ahead.length === 0 && held.length === 0) await world.work();
  }
  await world.live(3);
  return (await wrongIn(world, script)).map((text) => `${told.join(", ")}: ${text}`);
};
