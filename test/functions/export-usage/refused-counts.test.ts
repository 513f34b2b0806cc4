import { describe, expect, it } from "vitest";
import { cancelExport } from "#functions/cancel-export/cancel-export";
import { landsWithinMs } from "#shared/gradient/lost-calls";
import { connectedWorld, receiptsOf, send } from "#test/builders/connected-world";
import { callsPerSecond } from "#test/fakes/rate";

describe("when Gradient does not take a number", () => {
  it("keeps a refused line to itself", async () => {
    const world = await connectedWorld();
    world.map(["a", "b", "c"]);
    world.gradient.failNext("setUnitCount", { answer: { kind: "rejected", message: "unitCount too large" } });

    const over = await send(world);

    expect(over.totals).toMatchObject({ accepted: 5, rejected: 1 });
    const refused = (await receiptsOf(world, over)).find(({ outcome }) => outcome === "rejected");
    expect(refused?.reason).toBe("Gradient refused this number: unitCount too large");
  });

  it("stops at a refused token, suspends the integration, tells the owner once and sends nothing more", async () => {
    const world = await connectedWorld();
    world.map(["a", "b", "c"]);
    await send(world);
    const mailsBefore = world.mailer.sent.length;
    world.gradient.regenerateKey(world.token);

    const over = await send(world, "full");

    expect(over).toMatchObject({ state: "finished", outcome: "failed", stop: "token-rejected" });
    expect(over.totals).toMatchObject({ lines: 6, deferred: 6 });
    expect(await world.integration()).toMatchObject({
      state: "suspended",
      token: { status: "rejected" },
      problems: [{ code: "token.rejected" }],
    });
    expect(world.mailer.sent).toHaveLength(mailsBefore + 1);
    await expect(send(world, "full")).rejects.toMatchObject({ code: "integration.wrong-step" });
  });

  it("repeats a call without an answer and counts it once", async () => {
    const world = await connectedWorld();
    world.map(["a", "b", "c"]);
    const lost = { answer: { kind: "in-doubt", reason: "timeout" } } as const;
    world.gradient.failNext("setUnitCount", lost, { times: 3, lands: true });

    const over = await send(world);

    expect(over).toMatchObject({ outcome: "succeeded", totals: { accepted: 6, deferred: 0 } });
  });

  it("defers a line after six calls without an answer, and sends it with the next run", async () => {
    const world = await connectedWorld(["a"]);
    world.map(["a"]);
    world.gradient.failNext("setUnitCount", { answer: { kind: "in-doubt", reason: "500" } }, { times: 12 });

    const over = await send(world);
    const next = await send(world, "changes");

    expect(over.totals).toMatchObject({ lines: 2, deferred: 2 });
    expect(next.totals).toMatchObject({ lines: 2, accepted: 2 });
  });

  it("holds another number back for as long as a lost one could still land after it", async () => {
    const world = await connectedWorld(["a"]);
    world.map(["a"]);
    world.gradient.failNext("setUnitCount", { answer: { kind: "in-doubt", reason: "timeout" } }, { times: 12 });
    await send(world);
    await world.setUsage("a", { dns: 11, sig: 0 });

    const fenced = await send(world, "changes");
    await world.clock.settle(world.clock.sleep(landsWithinMs));
    const later = await send(world, "changes");

    expect(fenced.totals).toMatchObject({ accepted: 1, deferred: 1 });
    // the other line was accepted while a lost call for it was still on its way, so it is sent once more, too
    expect(later.totals).toMatchObject({ accepted: 2 });
    expect(await world.counts()).toEqual({ "a/dns": 11, "a/sig": 0 });
  });

  it("keeps the run to itself while Gradient takes its time over every call", async () => {
    const world = await connectedWorld(["a"]);
    world.map(["a"]);
    const { gradient, clock } = world;
    const setUnitCount = gradient.setUnitCount;
    const attempts = new Map<string, number>();
    gradient.setUnitCount = async (token, count) => {
      const attempt = (attempts.get(count.serviceId) ?? 0) + 1;
      attempts.set(count.serviceId, attempt);
      // all but each line's last attempt time out: the repeats of one line outlast the lease more than twice
      if (attempt < 6) {
        await clock.sleep(8_000);
        return { kind: "in-doubt", reason: "time-out" };
      }
      return setUnitCount(token, count);
    };

    const over = await send(world);

    expect(over).toMatchObject({ outcome: "succeeded", totals: { accepted: 2 } });
  });

  it.each([16_000, 60_000, 999_999_999_000])("goes on after a Retry-After of %i ms", async (retryAfterMs) => {
    const world = await connectedWorld();
    world.map(["a", "b", "c"]);
    world.gradient.failNext("setUnitCount", { answer: { kind: "throttled", retryAfterMs } });
    const before = world.clock.now();

    const over = await send(world);

    expect(over).toMatchObject({ outcome: "succeeded", totals: { accepted: 6 } });
    // a senseless wait is cut to a minute
    expect(world.clock.now() - before).toBeLessThan(70_000);
  });

  it("ends a run that a person cancels while Gradient has us wait", async () => {
    const world = await connectedWorld();
    world.map(["a", "b", "c"]);
    const setUnitCount = world.gradient.setUnitCount;
    const cancelled = async () => {
      await world.clock.sleep(5_000);
      const exportId = (await world.integration()).currentExportId ?? "";
      await cancelExport(world.common)({ partnerId: world.partnerId, exportId, by: world.by });
    };
    let cancelling: Promise<void> | undefined;
    world.gradient.setUnitCount = async (token, count) => {
      if (cancelling) return setUnitCount(token, count);
      cancelling = cancelled();
      return { kind: "throttled", retryAfterMs: 15_000 };
    };

    const over = await send(world, "full");

    expect(over).toMatchObject({ state: "cancelled", totals: { lines: 6, accepted: 0, deferred: 6 } });
  });

  it("sends a number again after a 404, although Gradient had accepted it before", async () => {
    const world = await connectedWorld(["a"]);
    world.map(["a"]);
    await send(world);
    world.gradient.mapAccount(world.token, "a", false);
    await send(world, "full");
    world.gradient.mapAccount(world.token, "a");

    const over = await send(world, "changes");

    expect(over.totals).toMatchObject({ accepted: 2, unchanged: 0 });
  });

  it("asks for no more moments than it has numbers to send", async () => {
    const world = await connectedWorld();
    world.map(["a", "b", "c"]);
    await send(world);
    await world.setUsage("b", { dns: 12, sig: 0 });
    const nextSlot = () => Number(world.table.rows.get("limiter#vendor\u0000slots")?.next);
    await world.clock.settle(world.clock.sleep(60_000));
    const before = world.clock.now();

    await send(world, "changes");

    expect(nextSlot() - before).toBeLessThan(3 * (1000 / callsPerSecond));
  });

  it("sets a service up that a line had to wait for", async () => {
    const world = await connectedWorld(["a"]);
    world.map(["a"]);
    await send(world);
    await world.addService("new");
    await world.setUsage("a", { dns: 10, sig: 0, new: 3 });

    const over = await send(world, "full");

    expect(over.totals).toMatchObject({ accepted: 2, deferred: 1 });
    await world.live(1);
    expect(world.gradient.services.map(({ name }) => name)).toContain("Service new");
  });
});
