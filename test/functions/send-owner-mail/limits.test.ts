import { describe, expect, it } from "vitest";
import { putPartner } from "#functions/put-partner/put-partner";
import { watchMails } from "#functions/watch-mails/watch-mails";
import { AppError } from "#shared/errors";
import { findOwnerMail, mailFate } from "#shared/mail/owner-mail";
import { toPartnerItem } from "#shared/partners/partner";
import { owedRefusal, refusedHourly } from "#test/builders/owed-refusal";
import { type ServiceWorld, serviceWorld } from "#test/fakes/service-world";

const hourMs = 60 * 60_000;

const profile = (email: string) => ({ name: "Example MSP", owner: { name: "Olga Owner", email }, timeZone: "UTC" });

const started = async (email = "olga@example.com") => {
  const world = serviceWorld();
  const { table, partnerId } = world;
  await table.put(
    toPartnerItem({ id: partnerId, ...profile(email), updatedAt: "2026-11-22T12:00:00.000Z", version: 1 }),
  );
  return world;
};
const watch = (world: ServiceWorld) =>
  watchMails({ ...world.common, tokenPolicyDays: 180 })({ remainingMs: () => 60_000 });
const texts = (world: ServiceWorld) => world.mailer.sent.map(({ text }) => text);

describe("of one kind", () => {
  it("three mails go out within a day; what comes after that is told in one, and nothing is left out", async () => {
    const world = await started();
    await refusedHourly(world, 8);
    expect(world.mailer.sent).toHaveLength(3);
    expect(await findOwnerMail(world.table, world.partnerId, "mail-4")).toMatchObject({
      status: "queued",
      heldBy: "limit",
      furtherCount: 4,
    });

    await world.pass(16 * hourMs);
    expect(await watch(world)).toMatchObject({ late: 1 });
    await world.work();

    expect(world.mailer.sent).toHaveLength(4);
    for (const hour of ["13:00", "14:00", "15:00", "16:00", "17:00"]) {
      expect(texts(world)[3]).toContain(`${hour} UTC`);
    }
    expect(await mailFate(world.table, world.partnerId, "mail-8")).toMatchObject({ status: "sent" });
    await world.pass(48 * hourMs);
    expect(await watch(world)).toMatchObject({ late: 0 });
  });

  it("what the former owner was sent counts for no other one, who is told at once what waits", async () => {
    const world = await started();
    await refusedHourly(world, 4);
    expect(world.mailer.sent).toHaveLength(3);

    await putPartner(world.common)({ id: world.partnerId, profile: profile("otto@example.com") });
    await world.work();

    expect(world.mailer.sent.at(-1)).toMatchObject({ to: { email: "otto@example.com" }, reference: "mail-4" });
    await owedRefusal(world, "mail-5");
    await world.work();
    expect(world.mailer.sent).toHaveLength(5);
  });

  it("a mail that had to be tried again counts once", async () => {
    const world = await started();
    await owedRefusal(world, "mail-1");
    for (let count = 0; count < 5; count += 1) {
      world.mailer.failNext(new AppError("unavailable", "mail.unavailable", "down"));
      await expect(world.mail({ partnerId: world.partnerId, mailId: "mail-1" })).rejects.toThrow();
    }

    expect(await world.mail({ partnerId: world.partnerId, mailId: "mail-1" })).toBe("sent");
  });
});

describe("while the owner has no address that takes mail", () => {
  it.each([
    ["nobody knows one", ""],
    ["it is refused", "refused@example.com"],
  ])("because %s, one mail of a kind waits for all, and goes out with the next address", async (_, email) => {
    const world = await started(email);
    if (email !== "") world.mailer.failNext(new AppError("upstream", "mail.refused", "no"));
    await refusedHourly(world, 5);
    expect(world.mailer.sent).toHaveLength(0);

    await putPartner(world.common)({ id: world.partnerId, profile: profile("olga@example.com") });
    await world.work();

    expect(world.mailer.sent).toHaveLength(1);
    expect(texts(world)[0]).toContain("14:00 UTC");
    expect(await mailFate(world.table, world.partnerId, "mail-3")).toMatchObject({ status: "sent" });
  });

  it("the same address once more changes nothing", async () => {
    const world = await started("refused@example.com");
    world.mailer.failNext(new AppError("upstream", "mail.refused", "no"));
    await owedRefusal(world, "mail-1");
    await world.work();

    await putPartner(world.common)({
      id: world.partnerId,
      profile: { ...profile("refused@example.com"), name: "Another name" },
    });
    expect(await world.work()).toEqual([]);
  });
});
