import { describe, expect, it } from "vitest";
import { serviceActor } from "#shared/events/event";
import { exportWrite } from "#shared/exports/usage-export";
import { store } from "#shared/table/table";
import { activeWorld, carry, customersNamed, exportOf, inShort, runsOf, start } from "#test/builders/connected-world";
import { hubApi } from "#test/builders/hub-api";
import { anObstacle, someRefusals } from "#test/builders/refusals";

type Stop = "gradient-refuses" | "gradient-down";
const holds: Stop[] = ["gradient-refuses", "gradient-down"];

/** An active partner with something new, whose calls can be held. */
const worldWithNews = async (customers = ["a"]) => {
  const { refusals, held } = someRefusals();
  const world = await activeWorld(customers, { refusals });
  for (const id of customers) await world.setUsage(id, { dns: 11, sig: 1 });
  world.mailer.sent.length = 0;
  return { world, held };
};

describe.each(holds)("a press of *Send usage* while Gradient's trouble holds the calls: %s", (why) => {
  it("makes a run that ends at once, without a mail, and everything is sent by itself after the hold", async () => {
    const { world, held } = await worldWithNews();
    const { ask, asPerson } = hubApi(world);
    held.obstacle = anObstacle({ scope: "partner", why });
    const calls = world.gradient.countsReceived.length;

    const reply = await ask("startExport");
    await world.work();

    expect(reply.status).toBe(202);
    const exportId = String((await runsOf(world)).at(-1)?.id);
    const read = await asPerson({ routeKey: "GET /v1/integrations/gradient/exports/{exportId}", path: { exportId } });
    expect(read.body).toMatchObject({ state: "finished", outcome: "failed", stoppedBy: why, totals: { lines: 0 } });
    expect(world.gradient.countsReceived).toHaveLength(calls);
    expect(world.mailer.sent).toEqual([]);

    held.obstacle = null;
    await world.live(1);

    expect(await world.counts()).toEqual({ "a/dns": 11, "a/sig": 1 });
    expect((await runsOf(world)).slice(-2).map(inShort)).toEqual([
      "manual changes failed",
      "recovery changes succeeded",
    ]);
    expect(world.mailer.sent).toEqual([]);
  });

  it("that has sent a part before is told", async () => {
    const customers = customersNamed(120);
    const { world, held } = await worldWithNews(customers);
    const run = await start(world, "changes");
    await world.clock.settle(carry(world, run, 1_000));
    held.obstacle = anObstacle({ why });
    await world.work();

    expect(await exportOf(world, run)).toMatchObject({ stop: why });
    expect(world.mailer.sent).toMatchObject([{ to: { email: "olga@example.com" } }]);
  });

  it("keeps nobody from hearing of a run of the service, which no page has told of", async () => {
    const { world, held } = await worldWithNews();
    const run = await start(world, "changes");
    await store(world.table, exportWrite({ ...run, trigger: "schedule", startedBy: serviceActor.actor }));
    held.obstacle = anObstacle({ why });
    await world.work();

    expect(await exportOf(world, run)).toMatchObject({ stop: why, totals: { lines: 0 } });
    expect(world.mailer.sent).toMatchObject([{ to: { email: "olga@example.com" } }]);
  });
});
