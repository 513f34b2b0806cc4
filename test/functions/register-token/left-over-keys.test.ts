import { expect, it } from "vitest";
import { disconnectIntegration } from "#functions/disconnect-integration/disconnect-integration";
import { registerToken } from "#functions/register-token/register-token";
import { startIntegration } from "#functions/start-integration/start-integration";
import { AppError } from "#shared/errors";
import { findIntegration } from "#shared/integrations/integration";
import type { TokenVault } from "#shared/secrets/token-vault";
import type { ServiceWorld } from "#test/fakes/service-world";
import { foreign, newToken, register, startedWorld } from "./token-rig.ts";

const statusOf = (world: ServiceWorld) => world.gradient.organizationOf(world.token)?.connection.status;
const disconnect = (world: ServiceWorld) => disconnectIntegration(world.common)(world);
/** Registers the world's token with a vault that stores in this way. */
const registering = (world: ServiceWorld, store: TokenVault["store"]) =>
  registerToken({
    ...world.common,
    vault: { store },
    gradientFor: () => world.gradient,
    secretPrefix: "p/",
    hashKey: async () => "hash-key",
  })({ ...world, text: world.token });
/** The same; its partner leaves and starts again before the key is stored, and `meanwhile` happens. */
const overtaken = (world: ServiceWorld, meanwhile: () => Promise<unknown> = async () => undefined) => {
  let hasLeft = false;
  return registering(world, async (name, token) => {
    if (!hasLeft) {
      hasLeft = true;
      await disconnect(world);
      await world.work();
      await world.pass(1000);
      await startIntegration(world.common)(world);
      await meanwhile();
    }
    return world.vault.store(name, token);
  });
};

it("a key whose worker died before it was in force is deleted by a disconnect", async () => {
  const { world } = await startedWorld();
  const { vault } = world;
  const dying = registering(world, async (name, token) => {
    await vault.store(name, token);
    throw new Error("dead");
  });
  await expect(dying).rejects.toThrow("dead");
  expect(vault.names()).toHaveLength(1);

  await disconnect(world);
  await world.work();

  expect(vault.names()).toEqual([]);
  expect(await world.integration()).toMatchObject({ state: "disconnected", leftConnections: [], secretName: null });
});

it.each(["a first", "another"])(
  "%s key that is stored after its partner has left is deleted, and Gradient hears that it was left",
  async (which) => {
    const { world } = await startedWorld();
    if (which === "another") await register(world, world.token);
    const { vault } = world;
    const late = registering(world, async (name, token) => {
      await disconnect(world);
      await world.work();
      return vault.store(name, token);
    });

    await expect(late).rejects.toMatchObject({ code: "integration.wrong-step" });
    await world.work();

    expect(vault.names()).toEqual([]);
    expect(statusOf(world)).toBe("inactive");
    expect(await world.integration()).toMatchObject({ state: "disconnected", leftConnections: [] });
  },
);

it("a key that is stored late leaves one alone that was registered meanwhile", async () => {
  const { world } = await startedWorld();
  await register(world, world.token);
  const { vault } = world;
  let hasLeft = false;
  const late = registering(world, async (name, token) => {
    if (!hasLeft) {
      hasLeft = true;
      await disconnect(world);
      await world.work();
      await world.pass(1000);
    }
    return vault.store(name, token);
  });
  await expect(late).rejects.toMatchObject({ code: "integration.wrong-step" });
  await startIntegration(world.common)(world);
  await register(world, world.token);
  await world.work();

  const { token } = await world.integration();
  expect(vault.names()).toEqual([token?.secretName]);
  expect(statusOf(world)).toBe("pending");
});

it("of a key whose partner has left and started again only the secret that is in force stays", async () => {
  const { world } = await startedWorld();
  await register(world, world.token);
  const earlier = world.vault.names();

  await overtaken(world);
  await world.work();

  const { token, leftConnections } = await world.integration();
  expect(world.vault.names()).toEqual([token?.secretName]);
  expect(world.vault.names()).not.toEqual(earlier);
  expect(leftConnections).toEqual([]);
  expect(statusOf(world)).toBe("pending");
});

const endings: [string, (world: ServiceWorld) => Promise<unknown>][] = [
  [
    "organization.differs",
    async (world) => {
      world.gradient.addOrganization({ token: newToken });
      await register(world, newToken);
    },
  ],
  [
    "token.in-use",
    async (world) => {
      await startIntegration(world.common)(foreign);
      await world.register({ ...foreign, text: world.token });
    },
  ],
  [
    "gradient.unavailable",
    async ({ gradient }) =>
      gradient.failNext(
        "readConnection",
        { error: new AppError("unavailable", "gradient.unavailable", "down") },
        { times: 9 },
      ),
  ],
];

it.each(endings)("no secret is left over where its partner has started again and then %s", async (code, meanwhile) => {
  const { world } = await startedWorld();
  await register(world, world.token);

  await expect(overtaken(world, () => meanwhile(world))).rejects.toMatchObject({ code });
  await world.work();

  const others = await findIntegration(world.table, foreign.partnerId);
  const inForce = [(await world.integration()).token, others?.token].flatMap((token) => token?.secretName ?? []);
  expect(world.vault.names()).toEqual(inForce);
  expect(await world.integration()).toMatchObject({ leftConnections: [] });
  // whoever has it now is not told to Gradient as gone
  expect(statusOf(world)).toBe(code === "token.in-use" ? "pending" : "inactive");
});

it("a key of which nobody hears that it was stored is deleted, too, once its partner has left", async () => {
  const { world } = await startedWorld();
  const lost = registering(world, async (name, token) => {
    await disconnect(world);
    await world.work();
    await world.vault.store(name, token);
    throw new AppError("unavailable", "secrets.unavailable", "no answer");
  });

  await expect(lost).rejects.toMatchObject({ code: "secrets.unavailable" });
  await world.work();

  expect(world.vault.names()).toEqual([]);
});
