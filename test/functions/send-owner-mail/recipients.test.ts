import { describe, expect, it } from "vitest";
import { putNotifications } from "#functions/put-notifications/put-notifications";
import { putPartner } from "#functions/put-partner/put-partner";
import { watchMails } from "#functions/watch-mails/watch-mails";
import type { StopReason } from "#shared/exports/usage-export";
import { integrationWrite, withoutProblem } from "#shared/integrations/integration";
import { oweMail } from "#shared/mail/owe-mail";
import { mailKey } from "#shared/mail/owner-mail";
import { bounces } from "#test/builders/bounces";
import { activeWorld } from "#test/builders/connected-world";
import { anExportRow } from "#test/builders/usage-export";
import type { ServiceWorld } from "#test/fakes/service-world";

const dayMs = 24 * 60 * 60_000;
const ann = "ann@münchen.example";
const annInAscii = "Ann@xn--mnchen-3ya.example";
const bob = "bob@msp.example";

const put = ({ partnerId, by, common }: ServiceWorld, recipients: string[], onSuccess = false) =>
  putNotifications(common)({ partnerId, by, notifications: { recipients, onSuccess } });
const withRecipients = async (...recipients: string[]) => {
  const world = await activeWorld(["a"]);
  await put(world, recipients);
  await world.work();
  return world;
};
/** A run has failed; this reader is owed the mail about it. */
const runFails = async (world: ServiceWorld, id: string, recipient?: string, stop: StopReason = "stalled") => {
  const { partnerId, common, table } = world;
  const at = common.now().toISOString();
  await table.put(anExportRow({ partnerId, id, state: "finished", outcome: "failed", stop, finishedAt: at }));
  const facts = { kind: "run-result" as const, exportId: id };
  const reader = recipient === undefined ? {} : { recipient };
  await table.transact(oweMail({ partnerId, mailId: id, facts, ...reader }, { at, newId: common.newId }));
};
/** As above, and the address does not take it. */
const failsTo = async (world: ServiceWorld, recipient: string) => {
  const id = `to-${recipient}`;
  await runFails(world, id, recipient);
  await world.work();
  await bounces(world, id);
};
const codes = async (world: ServiceWorld) => (await world.integration()).problems.map(({ code }) => code);
const sentTo = ({ mailer }: ServiceWorld, name: string) =>
  mailer.sent.filter(({ to }) => to.email.toLowerCase().startsWith(name)).map(({ reference }) => reference);

describe("a recipient whose address does not take mail", () => {
  it("stays a problem whatever else of the notifications is changed", async () => {
    const world = await withRecipients(ann);
    await failsTo(world, ann);

    await put(world, [ann], true);
    expect(await codes(world)).toEqual(["recipient.unreachable"]);
    await put(world, [annInAscii, bob], true);
    expect(await codes(world)).toEqual(["recipient.unreachable"]);
  });

  it("stays one, and keeps nobody from anything, where its mail cannot be read", async () => {
    const world = await withRecipients(ann, bob);
    await failsTo(world, ann);
    const key = mailKey(world.partnerId, `to-${ann}`);
    await world.table.put({ version: 1, ...(await world.table.get(key)), ...key, status: 7 });

    await put(world, [ann, bob], true);
    await runFails(world, "first", bob);
    await world.work();

    expect(sentTo(world, "bob")).toEqual(["first"]);
    expect(await codes(world)).toEqual(["recipient.unreachable"]);
  });

  it.each([[[]], [[bob]]])("is none any more once the list is %j", async (recipients: string[]) => {
    const world = await withRecipients(ann);
    await failsTo(world, ann);

    await put(world, recipients);

    expect(await codes(world)).toEqual([]);
  });

  it("stays a problem while another one's is solved", async () => {
    const world = await withRecipients(ann, bob);
    await failsTo(world, ann);
    await failsTo(world, bob);

    await put(world, [ann]);

    expect(await codes(world)).toEqual(["recipient.unreachable"]);
  });

  it("is tried again with what waited when it is named anew, and hears of what comes after that", async () => {
    const world = await withRecipients(ann);
    await failsTo(world, ann);
    await put(world, []);
    await world.pass(dayMs);

    await put(world, [annInAscii]);
    await world.work();
    await world.pass(dayMs);
    await runFails(world, "later", annInAscii, "gradient-down");
    await world.work();

    expect(sentTo(world, "ann")).toEqual([`to-${ann}`, `to-${ann}`, "later"]);
    expect(await codes(world)).toEqual([]);
  });

  it("shows again with the next mail that cannot reach it, and not once it is off the list", async () => {
    const world = await withRecipients(ann);
    await failsTo(world, ann);
    const solved = async () =>
      world.table.transact([integrationWrite(withoutProblem(await world.integration(), "recipient.unreachable"))]);

    await solved();
    await runFails(world, "second", ann);
    await world.work();
    expect(await codes(world)).toEqual(["recipient.unreachable"]);

    await put(world, [bob]);
    await runFails(world, "third", ann);
    await world.work();
    expect(await codes(world)).toEqual([]);
  });

  it("is no problem where it is off the list by the time that its mail comes back", async () => {
    const world = await withRecipients(ann);
    await runFails(world, "first", ann);
    await world.work();
    await put(world, []);

    expect(await bounces(world, "first")).toBe("recorded");
    expect(await codes(world)).toEqual([]);
  });

  it("gets a day later what came back because its box was full, and is no problem any more", async () => {
    const world = await withRecipients(ann);
    await runFails(world, "first", ann);
    await world.work();
    await bounces(world, "first", "Transient");
    expect(await codes(world)).toEqual(["recipient.unreachable"]);

    await world.pass(dayMs);
    await watchMails({ ...world.common, tokenPolicyDays: 180 })({ remainingMs: () => 60_000 });
    await world.work();

    expect(sentTo(world, "ann")).toEqual(["first", "first"]);
    expect(await codes(world)).toEqual([]);
  });
});

it("a recipient who is named in the other spelling of the domain gets what waited", async () => {
  const world = await withRecipients(ann);
  await runFails(world, "first", ann);
  const before = world.mailer.sent.length;
  await put(world, [annInAscii]);
  await world.work();

  expect(sentTo(world, "ann")).toEqual(["first"]);
  // nobody new gets to read of customers
  expect(world.mailer.sent).toHaveLength(before + 1);
});

it.each(["before", "after"])(
  "a result that came back to the owner is told to another address that is named %s",
  async (when) => {
    const world = await activeWorld(["a"]);
    const { partnerId: id, common } = world;
    const profile = { name: "Example MSP", owner: { name: "Olga", email: "new@example.com" }, timeZone: "UTC" };
    await runFails(world, "first");
    await world.work();

    if (when === "before") await putPartner(common)({ id, profile });
    await bounces(world, "first");
    if (when === "after") await putPartner(common)({ id, profile });
    await world.work();

    expect(sentTo(world, "new")).toEqual(["first"]);
  },
);
