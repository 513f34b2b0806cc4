import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { putPartner } from "#functions/put-partner/put-partner";
import { listEvents } from "#shared/events/event";
import { findIntegration } from "#shared/integrations/integration";
import { mailboxFor, mailboxWrite } from "#shared/mail/mailbox";
import { oweMail } from "#shared/mail/owe-mail";
import { fromMailItem, ownerMailWrite } from "#shared/mail/owner-mail";
import { findPartner, type PartnerProfile } from "#shared/partners/partner";
import { store } from "#shared/table/table";
import { anIntegrationRow } from "#test/builders/integration";
import { aPartner, aPartnerRow } from "#test/builders/partner";
import { aTableWith, watchedTable } from "#test/builders/table";
import { minutesAfter, noon, now } from "#test/builders/time";
import type { InMemoryTable } from "#test/fakes/in-memory-table";

const { name, owner, timeZone } = aPartner();
const profile: PartnerProfile = { name, owner, timeZone };
const later = () => new Date(minutesAfter(5));

it("keeps a new partner", async () => {
  const table = await aTableWith();

  await putPartner({ table, now, newId: randomUUID })({ id: "org-1001", profile });

  expect(await findPartner(table, "org-1001")).toEqual({
    id: "org-1001",
    name: "Example MSP",
    owner: { name: "Olga Owner", email: "olga.owner@msp.example" },
    timeZone: "Europe/Prague",
    updatedAt: noon,
    version: 1,
  });
});

it.each([
  ["name", { name: "Another MSP" }],
  ["owner", { owner: { name: "Otto Owner", email: "olga.owner@msp.example" } }],
  ["owner's address", { owner: { name: "Olga Owner", email: "olga@msp.example" } }],
  ["time zone", { timeZone: "Europe/London" }],
])("takes a new %s over", async (_, change) => {
  const table = await aTableWith(aPartnerRow());

  await putPartner({ table, now: later, newId: randomUUID })({ id: "org-1001", profile: { ...profile, ...change } });

  expect(await findPartner(table, "org-1001")).toEqual({
    ...aPartner(),
    ...change,
    updatedAt: minutesAfter(5),
    version: 2,
  });
});

it("puts a profile anew that cannot be read, as all of it is the feed's", async () => {
  const table = await aTableWith(aPartnerRow({ version: 7 }));
  await table.put({ pk: "partner#org-1001", sk: "profile", id: "org-1001", name: 7, version: 7 });

  await putPartner({ table, now: later, newId: randomUUID })({ id: "org-1001", profile });

  expect(await findPartner(table, "org-1001")).toEqual({ ...aPartner(), updatedAt: minutesAfter(5), version: 8 });
  const { items } = await listEvents(table, "org-1001", { limit: 10 });
  expect(items).toMatchObject([{ type: "owner.changed", details: { before: null } }]);
});

it("writes nothing for a profile that it has", async () => {
  const table = watchedTable(await aTableWith(aPartnerRow()));

  expect(await putPartner({ table, now: later, newId: randomUUID })({ id: "org-1001", profile })).toEqual(aPartner());

  expect(table.writes).toBe(0);
});

it("takes the profile over although another call changes it at the same moment", async () => {
  const inner = await aTableWith(aPartnerRow());
  const table = watchedTable(inner, async (call) => {
    if (call === 1) await inner.put(aPartnerRow({ name: "In between", version: 2 }));
  });

  await putPartner({ table, now, newId: randomUUID })({ id: "org-1001", profile: { ...profile, name: "Last" } });

  expect(await findPartner(inner, "org-1001")).toMatchObject({ name: "Last", version: 3 });
});

it("tells the audit trail of another owner, and of nothing else", async () => {
  const table = await aTableWith(aPartnerRow());
  const put = putPartner({ table, now: later, newId: randomUUID });
  const owner = { name: "Otto Owner", email: "otto@msp.example" };

  await put({ id: "org-1001", profile: { ...profile, name: "Another MSP" } });
  await put({ id: "org-1001", profile: { ...profile, owner } });

  expect((await listEvents(table, "org-1001", { limit: 9 })).items).toMatchObject([
    {
      type: "owner.changed",
      actor: "hub-feed",
      details: { before: "Olga Owner <olga.owner@msp.example>", after: "Otto Owner <otto@msp.example>" },
    },
  ]);
});

it.each([
  ["otto@msp.example", ["token.rejected"]],
  ["OLGA.OWNER@msp.example", ["token.rejected", "owner.unreachable", "owner.unknown"]],
  ["nobody", ["token.rejected", "owner.unreachable", "owner.unknown"]],
])("ends what was wrong with the address before, whatever waits for another one: %s", async (email, left) => {
  const problems = (["token.rejected", "owner.unreachable", "owner.unknown"] as const).map((code) => ({
    code,
    since: noon,
  }));
  const table = await aTableWith(aPartnerRow(), anIntegrationRow({ problems }));

  await putPartner({ table, now, newId: randomUUID })({
    id: "org-1001",
    profile: { ...profile, owner: { ...owner, email } },
  });

  expect((await findIntegration(table, "org-1001"))?.problems.map(({ code }) => code)).toEqual(left);
});

describe("another owner of a partner that is suspended", () => {
  const suspended = (code: "token.rejected" | "token.missing" | "gradient.disconnected") =>
    anIntegrationRow({ state: "suspended", problems: [{ code, since: noon }] });
  const moved = { name: "Otto Owner", email: "otto@msp.example" };
  const mailsOf = (table: InMemoryTable) =>
    [...table.rows.values()].filter(({ sk }) => sk.startsWith("mail#")).map(fromMailItem);

  it.each([
    ["token.rejected", { kind: "token-rejected", rejectedAt: noon, isMissing: false }],
    ["token.missing", { kind: "token-rejected", rejectedAt: noon, isMissing: true }],
    ["gradient.disconnected", { kind: "disconnected-in-gradient", noticedAt: noon }],
  ] as const)("is told so: %s", async (code, facts) => {
    const table = await aTableWith(aPartnerRow(), suspended(code));

    await putPartner({ table, now: later, newId: randomUUID })({
      id: "org-1001",
      profile: { ...profile, owner: moved },
    });

    expect(mailsOf(table)).toMatchObject([{ facts, status: "queued", recipient: null }]);
  });

  it.each([
    ["once, where the former owner's mail waits still", { status: "failed", heldBy: "limit" }, 1],
    ["though the former owner's mail is on its way", { sendingUntil: minutesAfter(6) }, 2],
  ] as const)("is told so %s", async (_, fate, mails) => {
    const table = await aTableWith(aPartnerRow(), suspended("token.rejected"));
    const facts = { kind: "token-rejected", rejectedAt: noon } as const;
    const moment = { at: noon, newId: randomUUID };
    await table.transact(oweMail({ partnerId: "org-1001", mailId: "former", facts }, moment));
    const [mail] = mailsOf(table);
    if (!mail) throw new Error("no mail");
    await store(table, ownerMailWrite({ ...mail, ...fate }));
    await store(table, mailboxWrite({ ...(await mailboxFor(table, mail)), waiting: "former" }));

    await putPartner({ table, now: later, newId: randomUUID })({
      id: "org-1001",
      profile: { ...profile, owner: moved },
    });

    expect(mailsOf(table)).toHaveLength(mails);
    expect(mailsOf(table).at(0)).toMatchObject({ status: "queued", heldBy: null });
  });

  it.each([
    ["only the name is another", { ...owner, name: "Otto Owner" }, suspended("token.rejected")],
    ["the address is none", { ...moved, email: "nobody" }, suspended("token.rejected")],
    ["nobody suspended the partner", moved, anIntegrationRow({ problems: [{ code: "mail.not-sent", since: noon }] })],
  ])("is told nothing where %s", async (_, next, row) => {
    const table = await aTableWith(aPartnerRow(), row);

    await putPartner({ table, now: later, newId: randomUUID })({
      id: "org-1001",
      profile: { ...profile, owner: next },
    });

    expect(mailsOf(table)).toEqual([]);
  });
});
