import { describe, expect, it } from "vitest";
import { disconnectIntegration } from "#functions/disconnect-integration/disconnect-integration";
import { putNotifications } from "#functions/put-notifications/put-notifications";
import { putPartner } from "#functions/put-partner/put-partner";
import { startIntegration } from "#functions/start-integration/start-integration";
import { watchMails } from "#functions/watch-mails/watch-mails";
import { AppError } from "#shared/errors";
import { oweMail } from "#shared/mail/owe-mail";
import { mailFate, ownerMailWrite, queuedMail } from "#shared/mail/owner-mail";
import { bounces } from "#test/builders/bounces";
import { activeWorld, loseMessages } from "#test/builders/connected-world";
import { owedRefusal, refusedHourly } from "#test/builders/owed-refusal";
import { anExportRow } from "#test/builders/usage-export";
import { interruptBefore } from "#test/fakes/interrupted-table";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";

const dayMs = 24 * 60 * 60_000;
const ownerIs = ({ partnerId, common }: ServiceWorld, email: string) =>
  putPartner(common)({
    id: partnerId,
    profile: { name: "Example MSP", owner: { name: "Olga", email }, timeZone: "UTC" },
  });
const watch = (world: ServiceWorld) =>
  watchMails({ ...world.common, tokenPolicyDays: 180 })({ remainingMs: () => 60_000 });
const fates = ({ table, partnerId }: ServiceWorld, ids: string[]) =>
  Promise.all(ids.map(async (id) => (await mailFate(table, partnerId, id))?.status));

describe("two mails of a kind that could not go out are both told of once the address is another:", () => {
  const ids = ["mail-1", "mail-2"];

  it.each([[ids], [ids.toReversed()]])("sent both, and come back both, %j", async (order) => {
    const world = serviceWorld();
    await refusedHourly(world, ids.length);
    for (const id of order) expect(await bounces(world, id)).toBe("recorded");
    const sentBefore = world.mailer.sent.length;

    await ownerIs(world, "new@example.com");
    await world.work();

    expect(world.mailer.sent).toHaveLength(sentBefore + 1);
    for (const time of ["10:00 UTC", "11:00 UTC"]) expect(world.mailer.sent.at(-1)?.text).toContain(time);
    expect(await fates(world, ids)).toEqual(["sent", "sent"]);
  });

  it.each([
    ["no address is known", ""],
    ["SES takes the address of neither", "olga@example.com"],
  ])("handled at the same moment, while %s", async (_, email) => {
    const world = serviceWorld();
    await ownerIs(world, email === "" ? "kein-ascii-ö@example.com" : email);
    for (const id of ids) await owedRefusal(world, id);
    await loseMessages(world);
    const { send } = world.mailer;
    world.mailer.send = async () => {
      throw new AppError("upstream", "mail.refused", "no");
    };
    const handle = (mailId: string) => world.mail({ partnerId: world.partnerId, mailId });
    const ends = await Promise.allSettled(ids.map(handle));
    // a message that failed comes again
    for (const [at, { status }] of ends.entries()) if (status === "rejected") await handle(ids[at] ?? "");
    world.mailer.send = send;

    await ownerIs(world, "new@example.com");
    await world.work();

    expect(world.mailer.sent).toHaveLength(1);
    expect(await fates(world, ids)).toEqual(["sent", "sent"]);
  });
});

it.each([
  ["no address is known", "kein-ascii-ö@example.com"],
  ["SES takes the address of before no more", "olga@example.com"],
])("an address that the feed corrects at the same moment gets the mail: %s", async (_, email) => {
  const world = serviceWorld();
  await ownerIs(world, email);
  await owedRefusal(world, "mail-1");
  await loseMessages(world);
  const { send } = world.mailer;
  world.mailer.send = async () => {
    throw new AppError("upstream", "mail.refused", "no");
  };
  const last = email === "olga@example.com" ? 2 : 1;
  const { restore } = interruptBefore(world.table, last, () => {
    restore();
    return ownerIs(world, "new@example.com");
  });
  expect(await world.mail({ partnerId: world.partnerId, mailId: "mail-1" })).toMatch(/no-owner|refused/);
  world.mailer.send = send;

  await watch(world);
  await world.work();

  expect(world.mailer.sent.map(({ to }) => to.email)).toEqual(["new@example.com"]);
  expect(await fates(world, ["mail-1"])).toEqual(["sent"]);
});

it("a mail fares as the one does that tells of it in the end, however many have joined in between", async () => {
  const { table, partnerId } = serviceWorld();
  const at = "2026-11-02T10:00:00.000Z";
  const facts = { kind: "token-rejected" as const, rejectedAt: at };
  const joinedTo = new Map([
    ["first", "second"],
    ["second", "third"],
  ]);
  for (const id of ["first", "second", "third"]) {
    const status = id === "third" ? "delivered" : "bounced";
    const mail = queuedMail({ partnerId, id, at, facts });
    await table.transact([ownerMailWrite({ ...mail, status, joinedTo: joinedTo.get(id) ?? null })]);
  }

  expect(await mailFate(table, partnerId, "first")).toMatchObject({ status: "delivered" });
});

it("a mailbox that was full for five days is tried again for the next cause", async () => {
  const world = serviceWorld();
  await owedRefusal(world, "mail-1");
  for (let day = 1; day <= 5; day += 1) {
    await world.work();
    await bounces(world, "mail-1", "Transient");
    await world.pass(dayMs);
    await watch(world);
  }
  await world.work();
  expect(world.mailer.sent).toHaveLength(5);
  await world.pass(30 * dayMs);
  expect(await watch(world)).toMatchObject({ late: 0 });

  await owedRefusal(world, "mail-2");
  await world.work();
  await watch(world);
  await world.work();

  expect(world.mailer.sent).toHaveLength(6);
  expect(await fates(world, ["mail-1", "mail-2"])).toEqual(["sent", "sent"]);
});

it("who is taken off the list of recipients gets nothing more, whatever still waits", async () => {
  const world = await activeWorld(["a"]);
  const { partnerId, by, common, table } = world;
  const notifications = { recipients: ["ann@msp.example"], onSuccess: true };
  await putNotifications(common)({ partnerId, by, notifications });
  await world.work();
  const run = {
    partnerId,
    id: "run",
    state: "finished",
    outcome: "failed",
    finishedAt: common.now().toISOString(),
  } as const;
  await table.put(anExportRow(run));
  const facts = { kind: "run-result" as const, exportId: "run" };
  const moment = { at: common.now().toISOString(), newId: common.newId };
  await table.transact(oweMail({ partnerId, mailId: "of-the-run", facts, recipient: "ann@msp.example" }, moment));
  await putNotifications(common)({ partnerId, by, notifications: { ...notifications, recipients: [] } });

  await world.work();

  expect(world.mailer.sent.map(({ to }) => to.email)).not.toContain("ann@msp.example");
});

it("a mail that could not go out stays a problem that is seen after a disconnect, and after a new start", async () => {
  const world = serviceWorld();
  const codes = async () => (await world.integration()).problems.map(({ code }) => code);
  await world.connect();
  await owedRefusal(world, "mail-1");
  await world.work();
  await bounces(world, "mail-1");

  await disconnectIntegration(world.common)(world);
  expect(await codes()).toEqual(["owner.unreachable"]);
  await startIntegration(world.common)(world);
  expect(await codes()).toEqual(["owner.unreachable"]);
});

it.each([
  ["a mailbox", "mailbox#owner#back-to-normal", { waiting: 7 }],
  ["a mail", "mail#mail-2", { status: 7 }],
])("a new address is taken, and mails of other kinds go there, though %s cannot be read", async (_, sk, broken) => {
  const world = serviceWorld();
  const { table, partnerId, common, clock } = world;
  const at = clock.date().toISOString();
  const facts = { kind: "back-to-normal" as const, refusedSince: at, resumedAt: at };
  await owedRefusal(world, "mail-1");
  await table.transact(oweMail({ partnerId, mailId: "mail-2", facts }, { at, newId: common.newId }));
  await world.work();
  for (const id of ["mail-1", "mail-2"]) expect(await bounces(world, id)).toBe("recorded");
  const row = await table.get({ pk: `partner#${partnerId}`, sk });
  if (row) await table.put({ ...row, ...broken });
  world.mailer.sent.length = 0;

  await expect(ownerIs(world, "new@example.com")).resolves.toMatchObject({ owner: { email: "new@example.com" } });
  await world.work();

  expect(world.mailer.sent.map(({ reference, to }) => [reference, to.email])).toEqual([["mail-1", "new@example.com"]]);
});
