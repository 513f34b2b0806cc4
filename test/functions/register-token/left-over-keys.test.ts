import { expect, it } from "vitest";
import { disconnectIntegration } from "#functions/disconnect-integration/disconnect-integration";
import { registerToken } from "#functions/register-token/register-token";
import { startIntegration } from "#functions/start-integration/start-integration";
import type { ServiceWorld } from "#test/fakes/service-world";
import { register, startedWorld } from "./token-rig.ts";

const statusOf = (world: ServiceWorld) => world.gradient.organizationOf(world.token)?.connection.status;
const disconnect = (world: ServiceWorld) => disconnectIntegration(world.common)(world);

it("a key whose worker died before it was in force is deleted by a disconnect", async () => {
  const { world } = await startedWorld();
  const { vault } = world;
  const dying = registerToken({
    ...world.common,
    vault: {
      store: async (name, token) => {
        await vault.store(name, token);
        throw new Error("dead");
      },
    },
    gradientFor: () => world.gradient,
    secretPrefix: "p/",
    hashKey: async () => "hash-key",
  });
  await expect(dying({ ...world, text: world.token })).rejects.toThrow("dead");
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
    const late = registerToken({
      ...world.common,
      vault: {
        store: async (name, token) => {
          await disconnect(world);
          await world.work();
          return vault.store(name, token);
        },
      },
      gradientFor: () => world.gradient,
      secretPrefix: "p/",
      hashKey: async () => "hash-key",
    });

    await expect(late({ ...world, text: world.token })).rejects.toMatchObject({ code: "integration.wrong-step" });
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
  const late = registerToken({
    ...world.common,
    vault: {
      store: async (name, token) => {
        if (!hasLeft) {
          hasLeft = true;
          await disconnect(world);
          await world.work();
          await world.pass(1000);
        }
        return vault.store(name, token);
      },
    },
    gradientFor: () => world.gradient,
    secretPrefix: "p/",
    hashKey: async () => "hash-key",
  });
  await expect(late({ ...world, text: world.token })).rejects.toMatchObject({ code: "integration.wrong-step" });
  await startIntegration(world.common)(world);
  await register(world, world.token);
  await world.work();

  const { token } = await world.integration();
  expect(vault.names()).toEqual([token?.secretName]);
  expect(statusOf(world)).toBe("pending");
});
