import { describe, expect, it } from "vitest";
import { startIntegration } from "#functions/start-integration/start-integration";
import { AppError } from "#shared/errors";
import { partnerToken } from "#shared/gradient/gradient-token";
import { deeds, farewellWorld, takeMessages } from "#test/builders/farewells";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";

const dayMs = 24 * 60 * 60_000;
const other = { partnerId: "org-2", by: { actor: "user-2", actorName: null, address: null } };
const right = partnerToken.parse("gradient-partner-token-000b");
const record = { pk: "partner#org-1", sk: "integration" };

/** The key of another organization was pasted by mistake; the message about that one is not out yet. */
const mistakenWorld = async () => {
  const world = serviceWorld();
  const { partnerId, by } = world;
  await world.connect();
  world.gradient.addOrganization({ token: right, organizationName: "B" });
  await world.register({ partnerId, text: right, by, confirmOrganizationChange: true });
  const [message] = await takeMessages(world);
  if (!message) throw new Error("nothing is owed");
  const close = () => world.clock.settle(world.close(message));
  return { world, close };
};
const otherConnects = async (world: ServiceWorld) => {
  await startIntegration(world.common)(other);
  await world.register({ ...other, text: world.token });
};
const statusIn = ({ gradient, token }: ServiceWorld) => gradient.organizationOf(token)?.connection.status;
const changeRecord = async (world: ServiceWorld, change: (left: object[]) => object[] | undefined) => {
  const row = (await world.table.get(record)) ?? { ...record, version: 0 };
  const { leftConnections, ...rest } = row;
  const changed = change(Array.isArray(leftConnections) ? leftConnections : []);
  await world.table.put({ ...rest, ...(changed && { leftConnections: changed }) });
};

describe("a message that comes twice", () => {
  it("says nothing of an organization that another partner has connected to since", async () => {
    const { world, close } = await mistakenWorld();
    expect(await close()).toBe("closed");
    expect(statusIn(world)).toBe("inactive");
    await otherConnects(world);
    expect(statusIn(world)).toBe("pending");

    expect(await close()).toBe("reconnected");

    expect(statusIn(world)).toBe("pending");
  });

  it("comes again where Gradient does not tell whose organization it is by now", async () => {
    const { world, close } = await mistakenWorld();
    await close();
    await otherConnects(world);
    world.gradient.failNext("readConnection", { error: new AppError("unavailable", "gradient.unavailable", "no") });

    await expect(close()).rejects.toThrow("no");

    expect(statusIn(world)).toBe("pending");
  });

  it("comes to an end where Gradient refuses the key", async () => {
    const { world, close } = await mistakenWorld();
    await close();
    const refused = { error: new AppError("forbidden", "gradient.token-rejected", "no") };
    world.gradient.failNext("readConnection", refused);
    world.gradient.failNext("setStatus", refused);

    expect(await close()).toBe("closed");
  });
});

it("a message of before is known for the other's, also when its key goes at last", async () => {
  const { world, close } = await mistakenWorld();
  await deeds.keep(world);
  await takeMessages(world);
  await changeRecord(world, () => undefined);
  expect(await close()).toBe("closed");
  await otherConnects(world);

  await world.pass(14 * dayMs);
  await world.live(2);

  expect(statusIn(world)).toBe("pending");
  expect(world.vault.names()).toHaveLength(1);
});

it("a key goes after a week although nobody tells whose organization it was", async () => {
  const { world, close } = await mistakenWorld();
  await deeds.keep(world);
  await takeMessages(world);
  await changeRecord(world, (left) => left.map((one) => ({ ...one, organizationId: null })));
  const forbidden = { error: new AppError("upstream", "gradient.forbidden", "no") };
  world.gradient.failNext("readConnection", forbidden, { times: 100 });
  await expect(close()).rejects.toThrow("no");

  await world.pass(7 * dayMs);

  expect(await close()).toBe("closed");
});

it("zeros that are given up come to their end although Gradient tells nothing", async () => {
  const { world } = await farewellWorld();
  await takeMessages(world);
  await deeds.zero(world);
  const message = (await takeMessages(world)).at(-1);
  const forbidden = { error: new AppError("upstream", "gradient.forbidden", "no") };
  world.gradient.failNext("readConnection", forbidden, { times: 100 });
  world.gradient.failNext("setStatus", forbidden, { times: 100 });

  await world.pass(7 * dayMs);

  expect(message && (await world.clock.settle(world.close(message)))).toBe("closed");
});
