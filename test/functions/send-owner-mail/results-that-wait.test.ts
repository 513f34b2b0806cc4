import { describe, expect, it } from "vitest";
import { putPartner } from "#functions/put-partner/put-partner";
import { watchMails } from "#functions/watch-mails/watch-mails";
import { AppError, InfrastructureFault } from "#shared/errors";
import { bounces, reports } from "#test/builders/bounces";
import { type Lines, owed, type Run } from "#test/builders/owed-result";
import { both, dayMs, quietWorld, refused, toldAfter } from "#test/builders/told-results";
import type { ServiceWorld } from "#test/fakes/service-world";

describe("of what Gradient does not take, in a mail that waits or is tried again", () => {
  const news: Lines = { ...both, c: "rejected" };
  it.each<[string, Run[]]>([
    [
      "a run of some of it",
      [
        ["all", news],
        ["retry", refused],
      ],
    ],
    [
      "a run that brought some of it",
      [
        ["all", news],
        ["retry", { a: "accepted" }],
      ],
    ],
    [
      "a run of another line",
      [
        ["all", news],
        ["narrowed", { d: "rejected" }],
      ],
    ],
    [
      "one that ended before its lines were fixed",
      [
        ["all", news],
        ["all", null],
      ],
    ],
    [
      "a run that brought what was told",
      [
        ["narrowed", { c: "rejected" }],
        ["retry", { a: "accepted" }],
      ],
    ],
    [
      "a run of what was told",
      [
        ["all", refused],
        ["narrowed", { c: "rejected" }],
        ["retry", refused],
      ],
    ],
    [
      "a run of repeats, after all that had failed had arrived,",
      [
        ["all", news],
        ["all", { a: "accepted" }],
        ["repeat", { c: "rejected" }],
      ],
    ],
  ])("what waits for the next day is told though %s was the last one", async (_, last) => {
    expect(await toldAfter(await quietWorld(), last)).toEqual([expect.stringContaining("Customer c")]);
  });

  it.each([
    ["a", 0],
    ["c", 1],
  ])("what fails after a good run is told the next day, be it %s, whatever was told before that", async (id, more) => {
    const world = await quietWorld();
    const good: Run = ["all", { a: "accepted", b: "accepted" }];
    const last: Run[] = [["all", { b: "rejected" }], good, ["narrowed", { [id]: "deferred" }]];
    expect(await toldAfter(world, last)).toEqual([expect.stringContaining(`Customer ${id}`)]);
    await world.pass(dayMs);
    await owed(world, "again", ["all", refused]);
    await world.work();
    expect(world.mailer.sent.filter(({ reference }) => reference === "again")).toHaveLength(more);
  });

  it("what waits for the next day is told to nobody once it is over, and is news when it fails again", async () => {
    const world = await quietWorld();
    const failing: Run = ["all", { c: "deferred" }];
    expect(await toldAfter(world, [failing, ["retry", { c: "accepted" }]])).toEqual([]);
    await world.pass(dayMs);
    await owed(world, "again", failing);
    await world.work();
    expect(world.mailer.sent.at(-1)?.reference).toBe("again");
  });

  it("what the mail service could not be handed before it was over is told to nobody, and is news again", async () => {
    const world = await quietWorld();
    const failing: Run = ["all", { c: "deferred" }];
    await owed(world, "late", failing);
    world.mailer.failNext(new AppError("unavailable", "mail.unavailable", "not now"));
    await world.work().catch(() => undefined);
    await world.pass(1_000);
    await owed(world, "good", ["retry", { c: "accepted" }]);
    await world.work();
    await world.mail({ partnerId: world.partnerId, mailId: "late" });
    expect(world.mailer.sent).toEqual([]);
    await owed(world, "again", failing);
    await world.work();
    expect(world.mailer.sent.map(({ reference }) => reference)).toEqual(["again"]);
  });

  it.each([false, true])(
    "what the mail service gave no answer to is told with what came since, and not after it; did it take it: %s",
    async (lands) => {
      const world = await quietWorld(true);
      await owed(world, "good", ["all", { a: "accepted" }]);
      world.mailer.failNext(new AppError("unavailable", "mail.unavailable", "not now"), { lands });
      await world.work().catch(() => undefined);
      world.mailer.sent.length = 0;
      await owed(world, "bad", ["narrowed", { a: "rejected" }]);
      await world.work();
      if (lands) await reports(world, "good", { type: "Send", attempt: 1 });
      await world.pass(dayMs / 24);
      await watchMails({ ...world.common, tokenPolicyDays: 180 })({ remainingMs: () => 60_000 });
      await world.work();
      expect(world.mailer.sent.map(({ text }) => text)).toEqual([expect.stringContaining("Customer a")]);
    },
  );

  it.each([true, false])(
    "what was told before a mail that the mail service took without an answer is news after it; was it reported: %s",
    async (isReported) => {
      const world = await quietWorld(true);
      await owed(world, "bad", ["all", refused]);
      await world.work();
      await owed(world, "good", ["all", { a: "accepted" }]);
      world.mailer.failNext(new AppError("unavailable", "mail.unavailable", "not now"), { lands: true });
      await world.work().catch(() => undefined);
      if (isReported) await reports(world, "good", { type: "Send" });
      await owed(world, "again", ["all", refused]);
      await world.work();
      await world.mail({ partnerId: world.partnerId, mailId: "good" });
      expect(world.mailer.sent).toHaveLength(3);
      expect(world.mailer.sent[2]?.text).toContain("Customer a");
    },
  );

  it.each<[string, string, (world: ServiceWorld) => Promise<unknown>]>([
    [
      "mail.not-sent",
      "olga@example.com",
      async ({ mailer, work }) => {
        mailer.failNext(new InfrastructureFault("not verified"));
        await work();
      },
    ],
    [
      "mail.not-sent",
      "olga@example.com",
      async (world) => {
        world.mailer.failNext(new InfrastructureFault("not verified"));
        await world.work();
        world.mailer.failNext(new AppError("unavailable", "mail.unavailable", "not now"));
        await world.mail({ partnerId: world.partnerId, mailId: "late" }).catch(() => undefined);
      },
    ],
    [
      "owner.unreachable",
      "olga@example.com",
      async (world) => {
        await world.work();
        await bounces(world, "late");
      },
    ],
    ["owner.unknown", "none", ({ work }) => work()],
  ])("the problem %s ends where what could not go out is over by then", async (code, email, meet) => {
    const world = await quietWorld();
    const feed = async (address: string) => {
      const owner = { name: "Olga", email: address };
      await putPartner(world.common)({ id: world.partnerId, profile: { name: "Example MSP", owner, timeZone: "UTC" } });
    };
    await feed(email);
    await owed(world, "late", ["all", { c: "deferred" }]);
    await meet(world);
    const problems = async () => (await world.integration()).problems.map((problem) => problem.code);
    expect(await problems()).toEqual([code]);
    await world.pass(dayMs);
    world.mailer.sent.length = 0;
    await owed(world, "good", ["retry", { c: "accepted" }]);
    await world.work();
    expect(await problems()).toEqual([code]);
    await feed("new@example.com");
    await world.work();
    await world.mail({ partnerId: world.partnerId, mailId: "late" });
    expect({ sent: world.mailer.sent, problems: await problems() }).toEqual({ sent: [], problems: [] });
  });
});
