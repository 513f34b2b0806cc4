import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { recordMailReport } from "#functions/record-mail-report/record-mail-report";
import { findIntegration } from "#shared/integrations/integration";
import type { MailReport } from "#shared/mail/mail-report";
import { mailTags } from "#shared/mail/mail-tags";
import { addressMark } from "#shared/mail/mailbox";
import { findOwnerMail, type OwnerMail, ownerMailWrite, queuedMail } from "#shared/mail/owner-mail";
import { anIntegrationRow } from "#test/builders/integration";
import { aPartner, aPartnerRow } from "#test/builders/partner";
import { aTableWith, owedTasks } from "#test/builders/table";
import { minutesAfter, noon } from "#test/builders/time";
import type { InMemoryTable } from "#test/fakes/in-memory-table";
import { interruptBefore } from "#test/fakes/interrupted-table";

const partnerId = "org-1001";
const facts = { kind: "token-rejected", rejectedAt: noon } as const;
const sent: OwnerMail = {
  ...queuedMail({ partnerId, id: "mail-1", facts, at: noon }),
  status: "sent",
  messageId: "message-1",
  attempt: 1,
  sentTo: addressMark(aPartner().owner.email),
};
const aTable = (mail: Partial<OwnerMail> = {}) =>
  aTableWith(aPartnerRow(), anIntegrationRow(), ownerMailWrite({ ...sent, ...mail }).put);

const tagsOf = (attempt: number) =>
  Object.fromEntries(
    Object.entries(mailTags({ partnerId, reference: "mail-1", attempt })).map(([name, value]) => [name, [value]]),
  );
const report = (table: InMemoryTable, { attempt = 1, ...its }: Partial<MailReport> & { attempt?: number }) =>
  recordMailReport({ table, now: () => new Date(minutesAfter(5)), newId: randomUUID })({
    type: "Delivery",
    tags: tagsOf(attempt),
    ...its,
  });
const mailIn = (table: InMemoryTable) => findOwnerMail(table, partnerId, "mail-1");
const problemsIn = async (table: InMemoryTable) =>
  (await findIntegration(table, partnerId))?.problems.map(({ code }) => code);

const bounce = { type: "Bounce", bounceType: "Permanent", bounceSubType: "General" } as const;
const complaint = { type: "Complaint" } as const;
const delivery = { type: "Delivery" } as const;
const send = { type: "Send" } as const;

describe("what SES reports", () => {
  it("reaches the mail: delivered", async () => {
    const table = await aTable();

    expect(await report(table, delivery)).toBe("recorded");

    expect(await mailIn(table)).toMatchObject({ status: "delivered", detail: null, at: minutesAfter(5) });
  });

  it.each([
    [{ bounceType: "Permanent", bounceSubType: "NoEmail" }, "hard", null],
    [{ bounceType: "Permanent", bounceSubType: "Suppressed" }, "suppressed", null],
    [{ bounceType: "Permanent", bounceSubType: "OnAccountSuppressionList" }, "suppressed", null],
    [{ bounceType: "Transient", bounceSubType: "MailboxFull" }, "soft", minutesAfter(5 + 24 * 60)],
    [{ bounceType: "Undetermined" }, "soft", minutesAfter(5 + 24 * 60)],
  ])("bounced, %j: %s, and the partner sees it", async (its, detail, retryAt) => {
    const table = await aTable();

    expect(await report(table, { type: "Bounce", ...its })).toBe("recorded");

    expect(await mailIn(table)).toMatchObject({ status: "bounced", detail, retryAt });
    expect(await problemsIn(table)).toEqual(["owner.unreachable"]);
  });

  it("may come in any order: the worst stands", async () => {
    const orders = [
      [send, delivery, bounce, complaint],
      [complaint, bounce, delivery, send],
      [delivery, complaint, send, bounce],
    ];
    for (const order of orders) {
      const table = await aTable({ status: "queued", messageId: null });
      for (const one of order) await report(table, one);
      expect(await mailIn(table)).toMatchObject({ status: "complained" });
    }
    const table = await aTable();
    await report(table, bounce);
    expect(await report(table, delivery)).toBe("nothing-new");
    expect(await report(table, bounce)).toBe("nothing-new");
    expect(await mailIn(table)).toMatchObject({ status: "bounced", detail: "hard" });
  });

  it("of an earlier try says nothing of the mail as it is now", async () => {
    const table = await aTable({ attempt: 2 });

    expect(await report(table, { ...bounce, attempt: 1 })).toBe("earlier-try");

    expect(await mailIn(table)).toMatchObject({ status: "sent" });
  });

  it("of an address that the feed has corrected since sends the mail to the new one at once", async () => {
    const table = await aTable({ sentTo: addressMark("olga@former.example") });

    expect(await report(table, bounce)).toBe("owed-again");

    expect(await mailIn(table)).toMatchObject({ status: "queued" });
    expect(owedTasks(table)).toEqual([{ kind: "send-owner-mail", partnerId, mailId: "mail-1" }]);
    expect(await problemsIn(table)).toEqual([]);
  });

  it("of an address that the feed corrects at that moment does so, too", async () => {
    const table = await aTable();
    const { restore } = interruptBefore(table, 1, () => {
      restore();
      return table.put(aPartnerRow({ owner: { name: "Otto Owner", email: "otto@msp.example" }, version: 2 }));
    });

    expect(await report(table, bounce)).toBe("owed-again");
    expect(await problemsIn(table)).toEqual([]);
  });

  it("of the former address, come late, says nothing of what is owed to the new one", async () => {
    const table = await aTable({ sentTo: addressMark("olga@former.example") });
    await report(table, bounce);

    expect(await report(table, send)).toBe("earlier-try");

    expect(await mailIn(table)).toMatchObject({ status: "queued" });
  });

  it("ends what is shown of mails that do not arrive, where that is the first that is heard of it", async () => {
    const problems = (["mail.not-sent", "owner.unreachable", "token.rejected"] as const).map((code) => ({
      code,
      since: noon,
    }));
    const table = await aTable({ status: "queued", messageId: null });
    await table.put(anIntegrationRow({ problems }));

    await report(table, send);

    expect(await problemsIn(table)).toEqual(["token.rejected"]);
  });

  it("softly, five times over, is tried no more until the address changes", async () => {
    const table = await aTable({ attempt: 5, softBounces: 4 });

    await report(table, { type: "Bounce", bounceType: "Transient", attempt: 5 });

    expect(await mailIn(table)).toMatchObject({ status: "bounced", retryAt: null });
  });

  it("softly, is not given up any sooner because SES could not be reached before", async () => {
    const table = await aTable({ attempt: 12 });

    await report(table, { type: "Bounce", bounceType: "Transient", attempt: 12 });

    const dayLater = minutesAfter(5 + 24 * 60);
    expect(await mailIn(table)).toMatchObject({ status: "bounced", retryAt: dayLater, softBounces: 1 });
  });

  describe("of an automatic answer, which it tells as a bounce", () => {
    const answered = { type: "Bounce", bounceType: "Transient", bounceSubType: "General" } as const;

    it("changes nothing of a mail that has arrived", async () => {
      const table = await aTable();
      await report(table, delivery);

      expect(await report(table, answered)).toBe("nothing-new");

      expect(await mailIn(table)).toMatchObject({ status: "delivered", retryAt: null });
      expect(await problemsIn(table)).toEqual([]);
    });

    it("is taken back by the word that it has arrived, where that comes later", async () => {
      const table = await aTable();
      await report(table, answered);
      expect(await problemsIn(table)).toEqual(["owner.unreachable"]);

      expect(await report(table, delivery)).toBe("recorded");

      expect(await mailIn(table)).toMatchObject({ status: "delivered", detail: null, heldBy: null, retryAt: null });
      expect(await problemsIn(table)).toEqual([]);
    });

    it("is not any more once the mailbox is full at a later try", async () => {
      const table = await aTable();
      await report(table, answered);
      const held = await mailIn(table);
      if (held) await table.put(ownerMailWrite({ ...held, status: "sent", heldBy: null, attempt: 2 }).put);
      await report(table, { type: "Bounce", bounceType: "Transient", bounceSubType: "MailboxFull", attempt: 2 });

      expect(await report(table, { ...delivery, attempt: 2 })).toBe("nothing-new");
    });
  });

  it("comes back after it has arrived where the mailbox is full", async () => {
    const table = await aTable();
    await report(table, delivery);
    await report(table, { type: "Bounce", bounceType: "Transient", bounceSubType: "MailboxFull" });

    expect(await mailIn(table)).toMatchObject({ status: "bounced", detail: "soft" });
  });

  it("of mails that are not ours, or not kept any more, and in words of another day, is passed over", async () => {
    const table = await aTable();
    expect(await report(table, { tags: { campaign: ["spring"] } })).toBe("not-ours");
    expect(await report(table, { type: "DeliveryDelay" as MailReport["type"] })).toBe("not-ours");
    expect(await report(await aTableWith(), delivery)).toBe("unknown-mail");
  });
});
