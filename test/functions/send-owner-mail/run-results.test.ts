import { describe, expect, it } from "vitest";
import { putNotifications } from "#functions/put-notifications/put-notifications";
import { putPartner } from "#functions/put-partner/put-partner";
import { watchMails } from "#functions/watch-mails/watch-mails";
import { AppError, InfrastructureFault } from "#shared/errors";
import { bounces, reports } from "#test/builders/bounces";
import { activeWorld, loseMessages } from "#test/builders/connected-world";
import { type Lines, owed, type Run } from "#test/builders/owed-result";
import type { ServiceWorld } from "#test/fakes/service-world";

const dayMs = 24 * 60 * 60_000;

const quietWorld = async (onSuccess = false) => {
  const world = await activeWorld(["a"]);
  await putNotifications(world.common)({
    partnerId: world.partnerId,
    notifications: { recipients: [], onSuccess },
    by: world.by,
  });
  await world.work();
  world.mailer.sent.length = 0;
  return world;
};

/** The runs come a day apart, so that no limit holds a mail back; which of them are told of, by their place. */
const toldOf = async (world: ServiceWorld, runs: Run[]): Promise<number[]> => {
  for (const [place, run] of runs.entries()) {
    await owed(world, `run-${place}`, run);
    await world.work();
    await world.pass(dayMs);
  }
  return world.mailer.sent.map(({ reference }) => Number(reference.slice("run-".length)));
};

/** Its reader was told of both lines, a month ago. */
const aMonthLater = async (world: ServiceWorld) => {
  await owed(world, "earlier", ["all", both]);
  await world.work();
  await world.pass(28 * dayMs);
  world.mailer.sent.length = 0;
  return world;
};

/** The day's mails are sent when these runs end; what is told of them on the next. */
const toldAfter = async (world: ServiceWorld, last: Run[]): Promise<string[]> => {
  const runs: Run[] = [["all", refused], ["all", both], ["all", refused], ...last];
  for (const [place, run] of runs.entries()) {
    await owed(world, `run-${place}`, run);
    await world.work();
    await world.pass(1_000);
  }
  expect(world.mailer.sent).toHaveLength(3);
  await world.pass(dayMs);
  await watchMails({ ...world.common, tokenPolicyDays: 180 })({ remainingMs: () => 60_000 });
  await world.work();
  const after = world.mailer.sent.slice(3).filter(({ reference }) => /^run-\d/.test(reference));
  return after.map(({ text }) => text);
};

const refused: Lines = { a: "deferred" };
const both: Lines = { a: "deferred", b: "rejected" };
const each: Run[] = [
  ["all", both],
  ["retry", refused],
];

describe("of what Gradient does not take", () => {
  it.each<[string, Run[], number[]]>([
    ["for good, the owner is told once, however often all lines and some are tried in turn", [...each, ...each], [0]],
    [
      "first seen by a run of some lines, once by it, and once with all others",
      [...each.toReversed(), ...each],
      [0, 1],
    ],
    ["new lines are told, by whatever run", [...each, ["retry", { c: "deferred", ...refused }], ...each], [0, 2]],
    ["a line that is refused now, and was left over before, is news", [...each, ["retry", { a: "rejected" }]], [0, 2]],
    [
      "what all lines' run has brought is told when it fails again, too",
      [
        ["all", refused],
        ["retry", { ...refused, c: "deferred" }],
        ["all", refused],
        ["retry", { ...refused, c: "deferred" }],
      ],
      [0, 1, 3],
    ],
    ["a run that planned no lines is told, and ends nothing", [...each, ["all", null], ...each], [0, 2]],
    [
      "what a run of some lines has brought is told when it fails again, though others have failed all the time",
      [
        ...each,
        ["all", { ...both, c: "deferred" }],
        ["retry", { ...refused, c: "accepted" }],
        ["all", { ...both, c: "deferred" }],
      ],
      [0, 2, 4],
    ],
    [
      "a line that a run of it has brought is told when it fails again, though others may be left",
      [
        ["all", { b: "rejected" }],
        ["narrowed", { b: "accepted" }],
        ["all", { b: "rejected" }],
      ],
      [0, 2],
    ],
    [
      "whatever is left is told anew once a run of some lines has brought one, and then it is known",
      [
        ["all", { ...both, c: "rejected" }],
        ["narrowed", { b: "accepted" }],
        ["all", { c: "rejected" }],
        ["all", { c: "rejected" }],
      ],
      [0, 2],
    ],
    [
      "but not where it has brought others",
      [
        ["all", both],
        ["narrowed", { c: "accepted" }],
        ["all", both],
      ],
      [0],
    ],
    [
      "what a run of it has brought is told by the next that meets it, whichever that is",
      [
        ["all", both],
        ["narrowed", { b: "accepted" }],
        ["retry", refused],
        ["narrowed", { b: "rejected" }],
      ],
      [0, 2, 3],
    ],
    [
      "what only a run of some lines had told is told again once another has brought it",
      [
        ["all", refused],
        ["repeat", { b: "rejected" }],
        ["narrowed", { b: "accepted" }],
        ["all", { b: "rejected" }],
      ],
      [0, 1, 3],
    ],
    ["a success of any run ends what was said", [...each, ["retry", { a: "accepted" }], ...each], [0, 3]],
    ["but of repeats, that other lines arrived", [...each, ["repeat", { d: "accepted" }], ...each], [0]],
  ])("%s", async (_, runs, told) => {
    expect(await toldOf(await quietWorld(), runs)).toEqual(told);
  });

  it("what waits for an address is told of the last run of all lines, however many of some came since", async () => {
    const world = await quietWorld();
    await owed(world, "earlier", ["all", { b: "rejected" }]);
    await world.work();
    expect(await bounces(world, "earlier")).toBe("recorded");
    for (const id of Array.from({ length: 26 }, (_, place) => `run-${place}`)) {
      await world.pass(dayMs);
      await owed(world, id, id === "run-0" ? ["all", { ...both, c: "rejected" }] : ["retry", refused]);
      await world.work();
    }
    const owner = { name: "Olga", email: "new@example.com" };
    await putPartner(world.common)({ id: world.partnerId, profile: { name: "Example MSP", owner, timeZone: "UTC" } });
    await world.work();
    expect(world.mailer.sent.at(-1)?.text).toContain("Customer c");
  });

  it("what was told of an earlier connection is told of another one", async () => {
    const world = await quietWorld();
    for (const connection of ["connection-1", "connection-2", "connection-2"]) {
      await owed(world, `run-${world.clock.now()}`, ["all", both], connection);
      await world.work();
      await world.pass(dayMs);
    }
    expect(world.mailer.sent).toHaveLength(2);
  });

  it.each([
    ["another address", "otto@example.com", 2],
    ["another name alone", "olga@example.com", 1],
  ])("what an owner was told is told where the feed names %s", async (_, email, mails) => {
    const world = await quietWorld();
    await owed(world, "first", ["all", both]);
    await world.work();
    const profile = { name: "Example MSP", owner: { name: "Otto", email }, timeZone: "UTC" };
    await putPartner(world.common)({ id: world.partnerId, profile });
    for (const id of ["next", "last"]) await owed(world, id, ["all", both]);
    await world.work();
    expect(world.mailer.sent).toHaveLength(mails);
  });

  it.each([
    ["is known to nobody else", "next"],
    ["and comes back at once is sent there", "first"],
  ])("what an owner is told while the feed names another address %s", async (_, mailId) => {
    const world = await quietWorld();
    const { send } = world.mailer;
    world.mailer.send = async (mail) => {
      world.mailer.send = send;
      const taken = await send(mail);
      const owner = { name: "Otto", email: "otto@example.com" };
      await putPartner(world.common)({ id: world.partnerId, profile: { name: "Example MSP", owner, timeZone: "UTC" } });
      if (mailId === "first") await bounces(world, "first");
      return taken;
    };
    for (const id of ["first", "next"]) {
      await owed(world, id, ["all", both]);
      await world.work().catch(() => undefined);
      await world.work();
    }
    expect(world.mailer.sent.map(({ reference, to }) => [reference, to.email])).toEqual([
      ["first", "olga@example.com"],
      [mailId, "otto@example.com"],
    ]);
  });

  it("what fails all the time is told about once a month", async () => {
    const [first, next, ...more] = await toldOf(
      await quietWorld(),
      Array.from({ length: 40 }, (): Run => ["all", both]),
    );
    expect({ first, more }).toEqual({ first: 0, more: [] });
    // February's last day and January's are 28 days apart
    expect(next).toSatisfy((day) => Number(day) > 24 && Number(day) <= 28);
  });

  it("of what fails all the time every line is told again after a month, though some are tried in between", async () => {
    const world = await aMonthLater(await quietWorld());
    expect(await toldOf(world, [["retry", refused], ["retry", refused], ...each])).toEqual([0, 2]);
  });

  it("what was told a month ago is told again, though other lines were told meanwhile", async () => {
    const world = await quietWorld();
    const runs: Run[] = [
      ["all", both],
      ["narrowed", { d: "deferred" }],
      ["all", both],
    ];
    for (const [place, run] of runs.entries()) {
      await owed(world, `run-${place}`, run);
      await world.work();
      await world.pass(14 * dayMs);
    }
    expect(world.mailer.sent).toHaveLength(3);
  });

  it.each([
    ["is away", new AppError("unavailable", "mail.unavailable", "not now")],
    ["refuses us", new InfrastructureFault("not verified")],
  ])("what is told again after a month is not lost where the mail service %s at that moment", async (_, fault) => {
    const world = await aMonthLater(await quietWorld());
    await owed(world, "again", ["all", both]);
    world.mailer.failNext(fault);
    await world.work().catch(() => undefined);
    await world.pass(dayMs / 24);
    await watchMails({ ...world.common, tokenPolicyDays: 180 })({ remainingMs: () => 60_000 });
    await world.work();
    expect(world.mailer.sent.map(({ reference }) => reference)).toContain("again");
  });

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

  it.each([
    ["itself", "partner#org-1", "export#"],
    ["its lines", "export#org-1#", ""],
  ])(
    "a run that cannot be read, %s, keeps no other of the mail from its reader, and is not dropped",
    async (_, pk, sk) => {
      const world = await quietWorld();
      for (const line of ["x", "y", "z"]) await owed(world, line, ["all", { [line]: "rejected" }]);
      await world.work();
      await owed(world, "held", ["all", refused]);
      await world.work();
      const last = [...world.table.rows.values()].findLast((row) => row.pk.startsWith(pk) && row.sk.startsWith(sk));
      if (last) await world.table.put({ ...last, id: 7, packed: 7 });
      await world.pass(dayMs);
      const held = () => world.mail({ partnerId: world.partnerId, mailId: "held" });
      await expect(held()).rejects.toThrow("cannot be read");

      await owed(world, "again", ["retry", { c: "rejected" }]);
      await world.work();
      await expect(held()).resolves.toBe("sent");
      expect(world.mailer.sent.at(-1)?.text).toContain("Customer c");
    },
  );

  it.each(["rejected", "accepted"] as const)(
    "what was told of a run that cannot be read any more passes for known no more; what was tried is then %s",
    async (outcome) => {
      const world = await quietWorld();
      await owed(world, "first", ["all", both]);
      await world.work();
      const row = [...world.table.rows.values()].findLast(({ sk }) => sk.startsWith("export#"));
      if (row) await world.table.put({ ...row, totals: 7 });
      await owed(world, "some", ["narrowed", { b: outcome }]);
      await world.work().catch(() => undefined);
      await owed(world, "again", ["all", both]);
      await world.work();
      const told = world.mailer.sent.map(({ reference }) => reference);
      expect(told).toEqual(outcome === "rejected" ? ["first", "some", "again"] : ["first", "again"]);
    },
  );

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
