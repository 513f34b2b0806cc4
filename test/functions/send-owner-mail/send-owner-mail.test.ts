import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { recordMailReport } from "#functions/record-mail-report/record-mail-report";
import { sendOwnerMail } from "#functions/send-owner-mail/send-owner-mail";
import { watchMails } from "#functions/watch-mails/watch-mails";
import { currentAgreement } from "#shared/agreements/agreement";
import { AppError, InfrastructureFault } from "#shared/errors";
import { findIntegration } from "#shared/integrations/integration";
import { oweMail } from "#shared/mail/owe-mail";
import { findOwnerMail, type OwnerMail, ownerMailWrite, queuedMail } from "#shared/mail/owner-mail";
import { anIntegrationRow } from "#test/builders/integration";
import { aPartnerRow } from "#test/builders/partner";
import { printedBy } from "#test/builders/stdout";
import { aTableWith, owedTasks } from "#test/builders/table";
import { minutesAfter, noon } from "#test/builders/time";
import { type InMemoryMailer, inMemoryMailer } from "#test/fakes/in-memory-mailer";
import type { InMemoryTable } from "#test/fakes/in-memory-table";

const partnerId = "org-1001";
const mailId = "mail-1";

const confirmed: OwnerMail["facts"] = {
  kind: "agreement-confirmed",
  version: "2026-11-01",
  sha256: "a".repeat(64),
  confirmedAt: noon,
  confirmedByName: "Dana Reyes",
  confirmedByEmail: "dana.reyes@msp.example",
  address: "198.51.100.7",
};

const aMailRow = (facts: OwnerMail["facts"] = confirmed) => {
  const mail = { ...queuedMail({ partnerId, id: mailId, at: noon, facts: confirmed }), facts };
  const write = ownerMailWrite(mail);
  if (!("put" in write)) throw new Error("A mail is written with a put.");
  return write.put;
};

const aTable = (...rows: Parameters<typeof aTableWith>) => aTableWith(anIntegrationRow(), aMailRow(), ...rows);

const sending = (table: InMemoryTable, mailer: InMemoryMailer, at = minutesAfter(1)) =>
  sendOwnerMail({
    table,
    mailer,
    agreement: currentAgreement,
    hubUrl: "https://hub.example/",
    gradientBaseUrl: "https://gradient.example/api",
    now: () => new Date(at),
  })({ partnerId, mailId });

const watch = (table: InMemoryTable, at: string) =>
  watchMails({ table, now: () => new Date(at), newId: randomUUID, tokenPolicyDays: 180 })({
    remainingMs: () => 60_000,
  });
const mailIn = (table: InMemoryTable) => findOwnerMail(table, partnerId, mailId);
const problemsIn = async (table: InMemoryTable) => (await findIntegration(table, partnerId))?.problems;

describe("the owner's e-mail", () => {
  it("goes to the owner whom the feed names, not to who confirmed", async () => {
    const [table, mailer] = [await aTable(aPartnerRow()), inMemoryMailer()];

    expect(await sending(table, mailer)).toBe("sent");

    expect(mailer.sent).toMatchObject([
      { to: { name: "Olga Owner", email: "olga.owner@msp.example" }, reference: mailId },
    ]);
    expect(await mailIn(table)).toMatchObject({ status: "sent", at: minutesAfter(1), messageId: "message-1" });
  });

  it("goes to the owner of this moment, if the feed has named another since", async () => {
    const owner = { name: "Nora New", email: "nora@msp.example" };
    const [table, mailer] = [await aTable(aPartnerRow({ owner })), inMemoryMailer()];

    await sending(table, mailer);

    expect(mailer.sent).toMatchObject([{ to: owner }]);
  });

  it("says who confirmed which version from where, what happens now and how to revoke, in text and HTML", async () => {
    const [table, mailer] = [await aTable(aPartnerRow()), inMemoryMailer()];

    await sending(table, mailer);

    for (const form of [mailer.sent[0]?.text, mailer.sent[0]?.html]) {
      for (const fact of [
        "Dana Reyes",
        "dana.reyes@msp.example",
        "198.51.100.7",
        "2026-11-01",
        "What happens now",
        "Disconnect",
        "https://hub.example/",
      ]) {
        expect(form).toContain(fact);
      }
    }
  });

  it("about a refused token tells when, and how to go on", async () => {
    const [table, mailer] = [
      await aTableWith(anIntegrationRow(), aPartnerRow(), aMailRow({ kind: "token-rejected", rejectedAt: noon })),
      inMemoryMailer(),
    ];

    expect(await sending(table, mailer)).toBe("sent");

    expect(mailer.sent[0]?.subject).toBe("Usage is not being sent to Gradient: new key needed for Example MSP");
    expect(mailer.sent[0]?.text).toContain("22 November 2026, 12:00 UTC");
  });

  it("is not sent again when its message is delivered again", async () => {
    const [table, mailer] = [await aTable(aPartnerRow()), inMemoryMailer()];
    await sending(table, mailer);

    expect(await sending(table, mailer, minutesAfter(5))).toBe("sent-before");

    expect(mailer.sent).toHaveLength(1);
  });

  it("is sent once when its message is delivered twice at the same time", async () => {
    const [table, mailer] = [await aTable(aPartnerRow()), inMemoryMailer()];

    const ends = await Promise.allSettled([sending(table, mailer), sending(table, mailer)]);

    expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(mailer.sent).toHaveLength(1);
  });

  it("is sent once when another delivery comes while SES is being asked", async () => {
    const [table, mailer] = [await aTable(aPartnerRow()), inMemoryMailer()];
    const slow: InMemoryMailer = {
      ...mailer,
      send: async (mail) => {
        await expect(sending(table, mailer)).rejects.toMatchObject({ code: "mail.being-sent" });
        return mailer.send(mail);
      },
    };

    expect(await sending(table, slow)).toBe("sent");
    expect(mailer.sent).toHaveLength(1);
  });

  it("is not lost when the service dies before SES has it", async () => {
    const [table, mailer] = [await aTable(aPartnerRow()), inMemoryMailer()];
    const dying: InMemoryMailer = { ...mailer, send: () => new Promise(() => undefined) };
    void sending(table, dying);
    await new Promise((resolve) => setImmediate(resolve));

    // delivered again once the queue's patience with the dead worker has ended
    expect(await sending(table, mailer, minutesAfter(4))).toBe("sent");
    expect(mailer.sent).toHaveLength(1);
  });

  it("is tried again when SES is down", async () => {
    const [table, mailer] = [await aTable(aPartnerRow()), inMemoryMailer()];
    mailer.failNext(new AppError("unavailable", "mail.unavailable", "down"));

    await expect(sending(table, mailer)).rejects.toMatchObject({ code: "mail.unavailable" });
    expect(await mailIn(table)).toMatchObject({ status: "queued" });

    expect(await sending(table, mailer)).toBe("sent");
    expect(mailer.sent).toHaveLength(1);
  });

  it("that SES refuses is shown as failed, and blocks nothing", async () => {
    const [table, mailer] = [await aTable(aPartnerRow()), inMemoryMailer()];
    mailer.failNext(new AppError("upstream", "mail.refused", "no"));

    expect(await sending(table, mailer)).toBe("refused");

    expect(await mailIn(table)).toMatchObject({ status: "failed", heldBy: "address", messageId: null, retryAt: null });
    expect(await findIntegration(table, partnerId)).toMatchObject({ state: "active" });
    expect(await problemsIn(table)).toEqual([{ code: "owner.unreachable", since: minutesAfter(1) }]);
    // the same address is not tried again
    expect(await sending(table, mailer)).toBe("refused");
    expect(mailer.sent).toEqual([]);
  });

  it("is out where the database refuses the note of that: nobody is told that the mail service refuses us", async () => {
    const [table, mailer] = [await aTable(aPartnerRow()), inMemoryMailer()];
    const { transact } = table;
    let refusals = 1;
    table.transact = async (writes) => {
      if (mailer.sent.length === 0 || refusals === 0) return transact(writes);
      refusals -= 1;
      throw new InfrastructureFault("The service's database refused a call: AccessDeniedException");
    };

    const printed = await printedBy(() => expect(sending(table, mailer)).rejects.toThrow("database refused"));

    expect(printed).not.toContain("the mail service refuses us");
    expect(await problemsIn(table)).toEqual([]);
    // until its claim is over, or SES reports that it has it
    expect(await mailIn(table)).toMatchObject({ status: "queued", heldBy: null, sendingUntil: minutesAfter(2) });
  });

  it("that SES refuses for our own set-up alarms, shows, and is sent once that is mended", async () => {
    const [table, mailer] = [await aTable(aPartnerRow()), inMemoryMailer()];
    mailer.failNext(new InfrastructureFault("The mail service refused a call: MessageRejected"));

    const printed = await printedBy(async () => {
      expect(await sending(table, mailer)).toBe("not-set-up");
    });

    expect(JSON.parse(printed)).toMatchObject({ level: "ERROR", detail: expect.stringContaining("MessageRejected") });
    expect(await mailIn(table)).toMatchObject({ status: "failed", heldBy: "set-up", retryAt: minutesAfter(31) });
    expect(await problemsIn(table)).toEqual([{ code: "mail.not-sent", since: minutesAfter(1) }]);
    expect(await watch(table, minutesAfter(30))).toMatchObject({ late: 0 });
    expect(await watch(table, minutesAfter(31))).toMatchObject({ late: 1 });
    expect(owedTasks(table)).toEqual([{ kind: "send-owner-mail", partnerId, mailId }]);
    expect(await sending(table, mailer, minutesAfter(32))).toBe("sent");
    expect(await problemsIn(table)).toEqual([]);
  });

  it("is owed again when its message was lost", async () => {
    const facts = { kind: "token-rejected" as const, rejectedAt: noon };
    const [mail] = oweMail({ partnerId, mailId, facts }, { at: noon, newId: () => "1" });
    const table = await aTableWith(anIntegrationRow(), aPartnerRow(), mail.put);

    expect(await watch(table, minutesAfter(19))).toMatchObject({ late: 0 });
    expect(await watch(table, minutesAfter(20))).toMatchObject({ late: 1 });
    expect(await watch(table, minutesAfter(21))).toMatchObject({ late: 0 });

    expect(await sending(table, inMemoryMailer(), minutesAfter(22))).toBe("sent");
    expect(await watch(table, minutesAfter(24 * 60))).toMatchObject({ late: 0 });
  });

  it("goes out twice where SES's answer was lost: the one duplicate that there is", async () => {
    const [table, mailer] = [await aTable(aPartnerRow()), inMemoryMailer()];
    mailer.failNext(new AppError("unavailable", "mail.unavailable", "timed out"), { lands: true });

    await expect(sending(table, mailer)).rejects.toMatchObject({ code: "mail.unavailable" });
    await sending(table, mailer, minutesAfter(4));

    expect(mailer.sent).toHaveLength(2);
  });

  it("goes out once although SES's answer was lost, where SES reports of it in time", async () => {
    const [table, mailer] = [await aTable(aPartnerRow()), inMemoryMailer()];
    mailer.failNext(new AppError("unavailable", "mail.unavailable", "timed out"), { lands: true });

    await expect(sending(table, mailer)).rejects.toMatchObject({ code: "mail.unavailable" });
    const tags = { partner: ["b3JnLTEwMDE"], mail: ["bWFpbC0x"], attempt: ["1"] };
    const record = recordMailReport({ table, now: () => new Date(minutesAfter(2)), newId: randomUUID });
    expect(await record({ type: "Send", tags })).toBe("recorded");

    expect(await sending(table, mailer, minutesAfter(4))).toBe("sent-before");
    expect(mailer.sent).toHaveLength(1);
  });

  it("is sent to an internationalised domain as SES takes it", async () => {
    const owner = { name: "Olga Owner", email: " olga@bücher.example " };
    const [table, mailer] = [await aTable(aPartnerRow({ owner })), inMemoryMailer()];

    await sending(table, mailer);

    expect(mailer.sent).toMatchObject([{ to: { email: "olga@xn--bcher-kva.example" } }]);
  });

  it.each(["", "nobody", "ölga@msp.example"])("cannot be sent to %j, which is shown as no owner", async (email) => {
    const [table, mailer] = [await aTable(aPartnerRow({ owner: { name: "Olga", email } })), inMemoryMailer()];

    expect(await sending(table, mailer)).toBe("no-owner");

    expect(await problemsIn(table)).toEqual([{ code: "owner.unknown", since: minutesAfter(1) }]);
  });

  it("of a kind that only another version can write waits for that version, and alarms", async () => {
    const other = { ...aMailRow(), facts: { kind: "invoice", total: 3 } };
    const [table, mailer] = [await aTableWith(anIntegrationRow(), aPartnerRow(), other), inMemoryMailer()];

    await expect(sending(table, mailer)).rejects.toMatchObject({
      name: "UnreadableRecord",
      facts: { sk: "mail#mail-1", faults: ["kind: invalid_union"] },
    });

    expect(mailer.sent).toEqual([]);
    expect(await mailIn(table)).toMatchObject({ status: "queued", facts: { kind: "invoice", total: 3 } });
  });

  it("without a known owner is shown as failed, with a problem that says what to do, once", async () => {
    const [table, mailer] = [await aTable(), inMemoryMailer()];

    expect(await sending(table, mailer)).toBe("no-owner");

    expect(await mailIn(table)).toMatchObject({ status: "failed" });
    expect(await problemsIn(table)).toEqual([{ code: "owner.unknown", since: minutesAfter(1) }]);
  });

  it("to an owner who is known by now clears that problem", async () => {
    const problems = [{ code: "owner.unknown" as const, since: noon }];
    const [table, mailer] = [
      await aTableWith(anIntegrationRow({ problems }), aMailRow(), aPartnerRow()),
      inMemoryMailer(),
    ];

    await sending(table, mailer);

    expect(await problemsIn(table)).toEqual([]);
  });

  it("that nobody knows of is done with", async () => {
    const table = await aTableWith(anIntegrationRow(), aPartnerRow());

    expect(await sending(table, inMemoryMailer())).toBe("unknown-mail");
  });
});
