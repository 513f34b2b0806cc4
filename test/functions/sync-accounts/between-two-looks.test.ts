import { describe, expect, it } from "vitest";
import { manySuspected } from "#functions/sync-accounts/many-suspected";
import { integrationWrite } from "#shared/integrations/integration";
import { suspendIntegration } from "#shared/integrations/suspend-integration";
import { store } from "#shared/table/table";
import { activeWorld, connectedWorld, customersNamed, send } from "#test/builders/connected-world";
import { printedBy } from "#test/builders/stdout";
import { accountsOf, gone, lyingWorld, mailsSince, organizationOf, press, setStatus } from "./lying-gradient.ts";

describe("between two looks at a partner that seems to have disconnected in Gradient", () => {
  it("it is in use again, and everything goes out", async () => {
    const world = await activeWorld(["a", "b"]);
    setStatus(world, "inactive");
    await press(world);
    await world.live(1);
    await world.setUsage("a", { dns: 99, sig: 0 });
    setStatus(world, "active");

    await world.live(8);
    await send(world, "changes");

    expect(await world.integration()).toMatchObject({ state: "active", problems: [] });
    expect(await world.counts()).toMatchObject({ "a/dns": 99 });
    expect(mailsSince(world)).toEqual([]);
  });

  it("counts go on, and one that Gradient takes shows that the connection is in use", async () => {
    const world = await activeWorld(["a", "b"]);
    setStatus(world, "inactive");
    await press(world);
    await world.live(1);
    expect((await world.integration()).looks.suspectedSince).not.toBe(null);
    await world.setUsage("a", { dns: 99, sig: 0 });

    expect(await send(world, "changes")).toMatchObject({ outcome: "succeeded", totals: { accepted: 1 } });
    await world.live(10);

    expect(await world.integration()).toMatchObject({
      state: "active",
      gradient: { status: "active" },
      looks: { suspectedSince: null },
    });
    expect(mailsSince(world)).toEqual([]);
  });

  it("nobody is told of it yet, so a press says nothing of it: nothing is created, and it is suspended", async () => {
    const world = await activeWorld(["a", "b"]);
    organizationOf(world).accounts.clear();
    for (let minute = 0; minute < 4; minute += 1) {
      await press(world);
      await world.live(1);
    }
    expect(accountsOf(world)).toEqual([]);

    await world.live(4);

    expect(accountsOf(world)).toEqual([]);
    expect(mailsSince(world)).toEqual([gone]);
  });

  it("a trial that finds it so is counted among those that begin to", async () => {
    const world = await activeWorld(["a", "b"]);
    const note = manySuspected(world);
    for (const id of customersNamed(4)) await note(id, world.clock.date().toISOString(), true);
    setStatus(world, "inactive");
    const record = await world.integration();
    // of a partner that is told of mappings the trial is a look
    const looks = { ...record.looks, tokenCheckAt: world.clock.date().toISOString(), isTelling: false };
    const mapping = { ...record.mapping, nextCheckAt: null };
    await store(world.table, integrationWrite({ ...record, looks, mapping }));

    const printed = await printedBy(() => world.live(2));

    expect(printed).toContain("many partners seem to have disconnected in gradient at once");
  });
});

it("a connection that is inactive while it never had an account may be a new one, and is filled", async () => {
  let isInactive = false;
  const world = await connectedWorld([], (gradient) => ({
    ...gradient,
    readConnection: async (token) => {
      const connection = await gradient.readConnection(token);
      return isInactive ? { ...connection, status: "inactive" } : connection;
    },
  }));
  expect((await world.integration()).gradient?.status).not.toBe("inactive");
  isInactive = true;
  const note = manySuspected(world);
  for (const id of customersNamed(4)) await note(id, world.clock.date().toISOString(), true);
  const record = await world.integration();
  const looks = { ...record.looks, tokenCheckAt: world.clock.date().toISOString(), isTelling: false };
  const mapping = { ...record.mapping, nextCheckAt: null };
  await store(world.table, integrationWrite({ ...record, looks, mapping }));

  const printed = await printedBy(() => world.live(2));

  expect(printed).not.toContain("many partners seem to have disconnected");
  await world.addCustomer("a");
  await press(world);

  await world.live(15);

  expect(await world.integration()).toMatchObject({ state: "awaiting-mapping", looks: { suspectedSince: null } });
  expect(accountsOf(world)).toEqual(["a"]);
});

it("a suspicion of before a refused token is none of after it", async () => {
  const { world, lies } = await lyingWorld();
  lies.isEmpty = true;
  await press(world);
  await world.live(1);
  expect((await world.integration()).looks.suspectedSince).not.toBeNull();

  const { partnerId, token } = await world.integration();
  await suspendIntegration(world.common)({ partnerId, versionId: token?.versionId ?? "" });

  expect((await world.integration()).looks.suspectedSince).toBeNull();
});
