import { describe, expect, it } from "vitest";
import { manySuspected } from "#functions/sync-accounts/many-suspected";
import { integrationWrite } from "#shared/integrations/integration";
import { suspendIntegration } from "#shared/integrations/suspend-integration";
import { store } from "#shared/table/table";
import { activeWorld, customersNamed, send } from "#test/builders/connected-world";
import { printedBy } from "#test/builders/stdout";
import { callsPerSecond } from "#test/fakes/rate";
import type { ServiceWorld } from "#test/fakes/service-world";
import { lyingWorld, mailsSince, press, setStatus } from "./lying-gradient.ts";

describe("while a connection seems to be ended", () => {
  it("nothing is sent, and the run under way is stopped", async () => {
    const ids = customersNamed(600);
    let onCount: (() => Promise<unknown>) | undefined;
    let sent = -1;
    const world: ServiceWorld = await activeWorld(ids, {
      through: (gradient) => ({
        ...gradient,
        setUnitCount: async (...args) => {
          if (!onCount && sent < 0) return gradient.setUnitCount(...args);
          const happens = onCount;
          onCount = undefined;
          await happens?.();
          sent += 1;
          await world.clock.sleep(100);
          return gradient.setUnitCount(...args);
        },
      }),
    });
    for (const id of ids) await world.setUsage(id, { dns: 99, sig: 99 });
    sent = 0;
    onCount = async () => {
      setStatus(world, "inactive");
      await press(world);
      await world.raw(world.partnerId);
    };

    const stopped = await send(world, "changes");
    const soFar = sent;
    const next = await send(world, "changes");

    expect(stopped).toMatchObject({ stop: "not-connected" });
    // a lease is renewed every ten seconds at least
    expect(soFar).toBeLessThan(11 * callsPerSecond);
    expect([next.stop, sent]).toEqual(["not-connected", soFar]);
  });

  it("and is not at the second look, everything goes out", async () => {
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

  it("two looks have to say so, though its list was empty before", async () => {
    const { world, lies } = await lyingWorld();
    lies.isEmpty = true;
    await press(world);
    await world.live(1);
    lies.isEmpty = false;
    setStatus(world, "inactive");
    await world.live(5);
    expect(await world.integration()).toMatchObject({ state: "active" });

    await world.live(7);

    expect(await world.integration()).toMatchObject({ state: "suspended" });
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
