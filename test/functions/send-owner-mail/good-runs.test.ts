import { describe, expect, it } from "vitest";
import { putNotifications } from "#functions/put-notifications/put-notifications";
import { watchMails } from "#functions/watch-mails/watch-mails";
import { loseMessages } from "#test/builders/connected-world";
import { owed, type Run } from "#test/builders/owed-result";
import { aMonthLater, both, dayMs, each, quietWorld, refused, toldOf } from "#test/builders/told-results";

describe("of runs that went well", () => {
  it("what brings some of it is told as everything's by the next run of all, where good runs are asked for", async () => {
    const world = await quietWorld(true);
    const some: Run[] = [
      ["retry", { a: "accepted" }],
      ["narrowed", { d: "accepted" }],
    ];
    expect(await toldOf(world, [["all", both], ...some, ["all", { a: "accepted", b: "accepted" }]])).toEqual([0, 3]);
  });

  it("nor is a run of others told as everything's while what was left over is still to be sent again", async () => {
    const runs: Run[] = [
      ["all", refused],
      ["narrowed", { d: "accepted" }],
      ["retry", refused],
      ["retry", { a: "accepted" }],
    ];
    expect(await toldOf(await quietWorld(true), runs)).toEqual([0, 3]);
  });

  it("good runs are told, where they are asked for, each that has brought something", async () => {
    const good: Run = ["all", { a: "accepted" }];
    const idle: Run = ["all", { a: "unchanged" }];
    const runs: Run[] = [good, idle, good, ["repeat", { d: "accepted" }], ["narrowed", { d: "accepted" }], idle];
    expect(await toldOf(await quietWorld(true), runs)).toEqual([0, 2, 4]);
    expect(await toldOf(await quietWorld(), runs)).toEqual([]);
  });

  it("good runs are told to whoever asks for them later, too", async () => {
    const world = await quietWorld();
    const { partnerId, by } = world;
    expect(
      await toldOf(world, [
        ["all", refused],
        ["retry", { a: "accepted" }],
      ]),
    ).toEqual([0]);
    await putNotifications(world.common)({ partnerId, notifications: { recipients: [], onSuccess: true }, by });
    await world.work();
    await owed(world, "asked", ["all", { a: "accepted" }]);
    await world.work();
    expect(world.mailer.sent.map(({ reference }) => reference)).toContain("asked");
  });

  it("repeats that arrived are not told of in between, though good runs are asked for", async () => {
    const world = await quietWorld(true);
    expect(await toldOf(world, [...each, ["repeat", { d: "accepted" }], ...each])).toEqual([0]);
  });

  it("nor a month after what failed was told", async () => {
    expect(await toldOf(await aMonthLater(await quietWorld(true)), [["repeat", { d: "accepted" }]])).toEqual([]);
  });

  it("nor do they end what was told of others", async () => {
    const runs: Run[] = [
      ...each,
      ["narrowed", { c: "rejected" }],
      ["repeat", { d: "accepted" }],
      ["narrowed", { c: "rejected" }],
    ];
    expect(await toldOf(await quietWorld(true), runs)).toEqual([0, 2]);
  });

  it.each([true, false])("a good run is not told after one that has left a line; does that wait: %s", async (waits) => {
    const world = await quietWorld(true);
    if (waits) for (const line of ["x", "y", "z"]) await owed(world, line, ["all", { [line]: "rejected" }]);
    await world.work();
    await owed(world, "good", ["all", { a: "accepted" }]);
    await loseMessages(world);
    await world.pass(1_000);
    await owed(world, "bad", ["all", refused]);
    await world.work();
    await world.mail({ partnerId: world.partnerId, mailId: "good" });
    await world.pass(dayMs);
    await watchMails({ ...world.common, tokenPolicyDays: 180 })({ remainingMs: () => 60_000 });
    await world.work();
    expect(world.mailer.sent.map(({ subject }) => subject)).not.toContain("Usage was sent to Gradient: Example MSP");
    expect(world.mailer.sent.filter(({ text }) => text.includes("Customer a"))).toHaveLength(1);
  });
});
