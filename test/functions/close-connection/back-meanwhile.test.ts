import { describe, expect, it } from "vitest";
import { disconnectIntegration } from "#functions/disconnect-integration/disconnect-integration";
import { startIntegration } from "#functions/start-integration/start-integration";
import { AppError } from "#shared/errors";
import type { GradientConnection } from "#shared/gradient/gradient-api";
import { findIntegration } from "#shared/integrations/integration";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";

/** A partner who has left, and what happens around the next call of either kind. */
const leftWorld = async () => {
  const around: {
    read?: () => Promise<void>;
    beforeInactive?: () => Promise<void>;
    afterInactive?: () => Promise<void>;
  } = {};
  const once = async (what: keyof typeof around): Promise<void> => {
    const happen = around[what];
    delete around[what];
    await happen?.();
  };
  const world = serviceWorld({
    through: (gradient) => ({
      ...gradient,
      readConnection: async (token) => {
        const connection = { ...(await gradient.readConnection(token)) };
        await once("read");
        return connection;
      },
      setStatus: async (token, status) => {
        if (status === "inactive") await once("beforeInactive");
        await gradient.setStatus(token, status);
        if (status === "inactive") await once("afterInactive");
      },
    }),
  });
  await world.connect();
  const { token, gradient } = await world.integration();
  if (!token || !gradient) throw new Error("not connected");
  await disconnectIntegration(world.common)(world);
  const { secretName, versionId } = token;
  const leaving = { partnerId: world.partnerId, secretName, versionId, integrationId: gradient.integrationId };
  const start = () => startIntegration(world.common)(world);
  const register = async () => {
    await world.register({ partnerId: world.partnerId, text: world.token, by: world.by });
  };
  const statusIs = (): GradientConnection["status"] | undefined =>
    world.gradient.organizationOf(world.token)?.connection.status;
  return { world, around, leaving, start, register, statusIs };
};

it("who registers the key while Gradient hears that it was left has its connection opened again", async () => {
  const { world, around, leaving, start, register, statusIs } = await leftWorld();
  around.beforeInactive = async () => {
    await start();
    await register();
  };

  await world.clock.settle(world.close(leaving));

  expect(statusIs()).toBe("pending");
  expect(await world.integration()).toMatchObject({ state: "awaiting-agreement" });
});

it("who has read the connection before that, and writes after it, reads it again", async () => {
  const { world, around, leaving, start, register, statusIs } = await leftWorld();
  await start();
  around.read = async () => {
    await world.close(leaving);
  };

  await register();

  expect(statusIs()).toBe("pending");
  expect(await world.integration()).toMatchObject({ gradient: { status: "pending" } });
});

it("a worker that dies after Gradient has heard it is followed by one that opens the connection again", async () => {
  const { world, around, leaving, start, register, statusIs } = await leftWorld();
  around.beforeInactive = async () => {
    await start();
    await register();
  };
  around.afterInactive = async () => {
    throw new AppError("unavailable", "gradient.unavailable", "died");
  };
  await expect(world.clock.settle(world.close(leaving))).rejects.toMatchObject({ code: "gradient.unavailable" });

  expect(await world.clock.settle(world.close(leaving))).toBe("reconnected");

  expect(statusIs()).toBe("pending");
});

describe("another partner that connects to the organization which was left", () => {
  const other = { partnerId: "org-2", by: { actor: "user-2", actorName: null, address: null } };
  const takeOver = async ({ common, register, token }: ServiceWorld) => {
    await startIntegration(common)(other);
    await register({ ...other, text: token });
  };

  it.each([
    ["before Gradient hears of it", "first"],
    ["while Gradient hears of it", "meanwhile"],
  ])("%s keeps its connection", async (_, when) => {
    const { world, around, leaving, statusIs } = await leftWorld();
    if (when === "first") await takeOver(world);
    else around.beforeInactive = () => takeOver(world);

    await world.clock.settle(world.close(leaving));

    expect(statusIs()).toBe("pending");
    const { token } = (await findIntegration(world.table, other.partnerId)) ?? {};
    expect(world.vault.names()).toEqual([token?.secretName]);
  });
});
