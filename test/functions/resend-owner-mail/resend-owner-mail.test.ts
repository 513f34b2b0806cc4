import { expect, it } from "vitest";
import { resendOwnerMail } from "#functions/resend-owner-mail/resend-owner-mail";
import { currentAgreement } from "#shared/agreements/agreement";
import { findOwnerMail, mailKey } from "#shared/mail/owner-mail";
import { everyRow, owedTasks } from "#test/builders/table";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";

const { version } = currentAgreement;

const resend = (world: ServiceWorld, change = {}) =>
  resendOwnerMail(world.common)({ partnerId: world.partnerId, version, by: world.by, ...change });
const waitSeconds = (world: ServiceWorld, seconds: number) => world.clock.settle(world.clock.sleep(seconds * 1000));
const shownMail = async (world: ServiceWorld) =>
  findOwnerMail(world.table, world.partnerId, (await world.integration()).agreement?.mailId ?? "");

it("sends the same facts in a new e-mail, and shows how that one fares", async () => {
  const world = serviceWorld();
  await world.connect();
  const first = await shownMail(world);
  await waitSeconds(world, 60);

  const mail = await resend(world);

  expect(mail).toMatchObject({ facts: first?.facts, status: "queued", messageId: null });
  expect(mail.id).not.toBe(first?.id);
  expect(await shownMail(world)).toMatchObject({ id: mail.id, status: "queued" });
  await world.work();
  expect(world.mailer.sent.map(({ subject }) => subject)).toEqual([
    world.mailer.sent[0]?.subject,
    world.mailer.sent[0]?.subject,
  ]);
  expect(await shownMail(world)).toMatchObject({ status: "sent" });
});

it("sends one whose row has long expired, with what the record and the audit trail hold of the confirmation", async () => {
  const world = serviceWorld();
  await world.connect();
  const first = await shownMail(world);
  const { agreement } = await world.integration();
  await world.table.delete(mailKey(world.partnerId, agreement?.mailId ?? ""));
  await waitSeconds(world, 401 * 24 * 60 * 60);

  const mail = await resend(world);

  expect(mail.facts).toEqual({ ...first?.facts, confirmedByEmail: "" });
  await world.work();
  expect(await shownMail(world)).toMatchObject({ id: mail.id, status: "sent" });
});

it("sends one whose row cannot be read in the same way, and shows how that one fares", async () => {
  const world = serviceWorld();
  await world.connect();
  const first = await shownMail(world);
  const row = await world.table.get(mailKey(world.partnerId, first?.id ?? ""));
  await world.table.put({ ...row, ...mailKey(world.partnerId, first?.id ?? ""), version: 1, status: 7 });

  const mail = await resend(world);

  expect(mail.facts).toEqual({ ...first?.facts, confirmedByEmail: "" });
  await world.work();
  expect(await shownMail(world)).toMatchObject({ id: mail.id, status: "sent" });
});

it("asks for a minute's patience, and says how much of it is left", async () => {
  const world = serviceWorld();
  await world.connect();
  await waitSeconds(world, 17.5);
  const before = everyRow(world.table);

  await expect(resend(world)).rejects.toMatchObject({
    kind: "too-many",
    code: "owner-email.cooldown",
    retryAfterSeconds: 43,
  });
  expect(everyRow(world.table)).toEqual(before);
});

it("of a double click takes one", async () => {
  const world = serviceWorld();
  await world.connect();
  await waitSeconds(world, 60);

  const ends = await Promise.allSettled([resend(world), resend(world)]);

  expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(owedTasks(world.table)).toHaveLength(1);
});

it("knows no e-mail about what was not confirmed, or by another partner", async () => {
  const world = serviceWorld();
  await expect(resend(world)).rejects.toMatchObject({ kind: "not-found", code: "agreement.not-confirmed" });
  await world.connect();
  await waitSeconds(world, 60);
  const before = everyRow(world.table);

  await expect(resend(world, { version: "2020-01-01" })).rejects.toMatchObject({ code: "agreement.not-confirmed" });
  await expect(resend(world, { partnerId: "org-2" })).rejects.toMatchObject({ code: "agreement.not-confirmed" });
  expect(everyRow(world.table)).toEqual(before);
});
