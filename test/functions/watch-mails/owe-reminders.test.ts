import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { watchMails } from "#functions/watch-mails/watch-mails";
import { keepCoverage } from "#shared/customers/kept-coverage";
import type { UsageExport } from "#shared/exports/usage-export";
import type { Integration } from "#shared/integrations/integration";
import { noWants, wish } from "#shared/integrations/record/wants";
import { startReminders } from "#shared/mail/reminders";
import { openForAll, openForOne } from "#test/builders/breakers";
import { aRun, endIn, stoppedBy } from "#test/builders/ended-run";
import { anIntegration, anIntegrationRow } from "#test/builders/integration";
import { aPartnerRow } from "#test/builders/partner";
import { aTableWith, rowsOf } from "#test/builders/table";
import { minutesAfter, noon } from "#test/builders/time";
import type { InMemoryTable } from "#test/fakes/in-memory-table";

const partnerId = "org-1001";
// noon is 13:00 in Prague: eight in the morning there comes 19 hours later
const morning = minutesAfter(19 * 60);
const day = 24 * 60;

const mapped: Integration["mapping"] = {
  ...anIntegration().mapping,
  lastCheckedAt: noon,
  accounts: { total: 3, mapped: 3, unknown: 0 },
  services: { total: 1, mapped: 1, unknown: 0 },
};
const aTable = async (change: Partial<Integration> = {}) => {
  const nextRunAt = minutesAfter(60 * day);
  const table = await aTableWith(anIntegrationRow({ mapping: mapped, nextRunAt, ...change }), aPartnerRow());
  await table.transact(await startReminders(table, anIntegration(), noon));
  return table;
};
const watch = (table: InMemoryTable, at: string) =>
  watchMails({ table, now: () => new Date(at), newId: randomUUID, tokenPolicyDays: 180 })({
    remainingMs: () => 60_000,
  });
const mailsIn = (table: InMemoryTable) => rowsOf(table, `partner#${partnerId}`, "mail#").map(({ facts }) => facts);

const unmapped = { ...mapped, accounts: { total: 5, mapped: 3, unknown: 0 } };

describe("at eight in the morning, by the partner's own clock, the owner is told", () => {
  it("nothing where nothing needs a person, and once a day is enough to see that", async () => {
    const table = await aTable();

    expect(await watch(table, minutesAfter(19 * 60 - 1))).toMatchObject({ reminders: 0 });
    expect(await watch(table, morning)).toMatchObject({ reminders: 0 });
    expect(mailsIn(table)).toEqual([]);
  });

  it("of what is to be mapped, and again only once that has changed", async () => {
    const table = await aTable({ mapping: unmapped });

    expect(await watch(table, minutesAfter(19 * 60 - 1))).toMatchObject({ reminders: 0 });
    expect(await watch(table, morning)).toMatchObject({ reminders: 1 });
    expect(mailsIn(table)).toMatchObject([{ kind: "mapping-digest", accounts: { unmapped: 2 } }]);
    expect(await watch(table, minutesAfter(19 * 60 + day))).toMatchObject({ reminders: 0 });
    const row = rowsOf(table, `partner#${partnerId}`, "integration")[0];
    if (!row) throw new Error("no integration");
    await table.put({ ...row, mapping: { ...unmapped, accounts: { total: 6, mapped: 3, unknown: 0 } } });
    expect(await watch(table, minutesAfter(19 * 60 + 2 * day))).toMatchObject({ reminders: 1 });
  });

  it("of nothing of which nobody has been able to look, neither by number nor by name", async () => {
    const gap = (id: string, isKnown: boolean) => ({ id, name: id, unbilledUnits: 9, wasMappedAt: null, isKnown });
    const found = {
      accounts: { total: 3, mapped: 0, unknown: 2 },
      services: { total: 1, mapped: 0, unknown: 1 },
      unbilledUnits: 9,
      leftOut: { accounts: 0, services: 0, trial: 0, notProvisioned: 0 },
      unmapped: { accounts: [gap("a", false), gap("b", true), gap("c", false)], services: [gap("dns", false)] },
      leftOutServices: [],
    };
    const table = await aTable({ mapping: { ...mapped, accounts: found.accounts, services: found.services } });
    await keepCoverage(table, partnerId, found, noon);

    await watch(table, morning);

    const told = { accounts: { unmapped: 1, names: ["b"] }, services: { unmapped: 0, names: [] } };
    expect(mailsIn(table)).toMatchObject([{ kind: "mapping-digest", ...told }]);
  });

  it("with the ten that cost most by name, as the last look has found them", async () => {
    const gaps = Array.from({ length: 12 }, (_, index) => ({
      id: `c${index}`,
      name: index === 0 ? "<script>alert(1)</script> www.pay.example" : `Customer ${index}`,
      unbilledUnits: 100 - index,
      wasMappedAt: null,
      isKnown: true,
    }));
    const mapping = { ...mapped, accounts: { total: 15, mapped: 3, unknown: 0 } };
    const coverage = (at: string) => ({
      accounts: { ...mapping.accounts, unknown: 0 },
      services: { ...mapping.services, unknown: 0 },
      unbilledUnits: 0,
      leftOut: { accounts: 0, services: 0, trial: 0, notProvisioned: 0 },
      unmapped: { accounts: gaps, services: [] },
      leftOutServices: [],
      at,
    });
    const digestAfter = async (at: string) => {
      const table = await aTable({ mapping });
      const { at: foundAt, ...found } = coverage(at);
      await keepCoverage(table, partnerId, found, foundAt);
      expect(await watch(table, morning)).toMatchObject({ reminders: 1 });
      return mailsIn(table)[0];
    };

    expect(await digestAfter(noon)).toMatchObject({
      accounts: {
        unmapped: 12,
        names: gaps.slice(0, 10).map(({ name }) => name),
        units: gaps.slice(0, 10).map(({ unbilledUnits }) => unbilledUnits),
      },
      services: { unmapped: 0, names: [] },
    });
    // what an earlier look has kept may be mapped by now
    expect(await digestAfter(minutesAfter(-1))).toMatchObject({ accounts: { unmapped: 12, names: [] } });
  });

  it("of a key that is older than the policy allows, once a month", async () => {
    const { token } = anIntegration();
    const table = await aTable({ token: token && { ...token, registeredAt: minutesAfter(-180 * day) } });

    expect(await watch(table, morning)).toMatchObject({ reminders: 1 });
    expect(mailsIn(table)).toMatchObject([{ kind: "token-aged", days: 180, policyDays: 180, lastFour: "9f3c" }]);
    expect(await watch(table, minutesAfter(19 * 60 + 7 * day))).toMatchObject({ reminders: 0 });
    expect(await watch(table, minutesAfter(19 * 60 + 31 * day))).toMatchObject({ reminders: 1 });
  });

  it("of such a key no second time because a morning has passed on which it was suspended", async () => {
    const { token } = anIntegration();
    const old = { token: token && { ...token, registeredAt: minutesAfter(-180 * day) } };
    const table = await aTable(old);
    const become = (change: Partial<Integration>) =>
      table.put(anIntegrationRow({ mapping: mapped, nextRunAt: minutesAfter(60 * day), ...old, ...change }));

    expect(await watch(table, morning)).toMatchObject({ reminders: 1 });
    await become({ state: "suspended" });
    expect(await watch(table, minutesAfter(19 * 60 + day))).toMatchObject({ reminders: 0 });
    await become({});
    expect(await watch(table, minutesAfter(19 * 60 + 2 * day))).toMatchObject({ reminders: 0 });
  });

  it("of the same number of gaps again where they were closed in between", async () => {
    const table = await aTable({ mapping: unmapped });
    const become = (mapping: Integration["mapping"]) =>
      table.put(anIntegrationRow({ mapping, nextRunAt: minutesAfter(60 * day) }));

    expect(await watch(table, morning)).toMatchObject({ reminders: 1 });
    await become(mapped);
    expect(await watch(table, minutesAfter(19 * 60 + day))).toMatchObject({ reminders: 0 });
    await become(unmapped);
    expect(await watch(table, minutesAfter(19 * 60 + 2 * day))).toMatchObject({ reminders: 1 });
  });

  it.each<[string, Partial<Integration>]>([
    ["whose date has come and gone", { nextRunAt: minutesAfter(14 * 60) }],
    [
      "that waits for its turn since a date",
      { wants: wish(noWants, "all", { at: minutesAfter(14 * 60), trigger: "schedule" }) },
    ],
  ])("of a run that did not happen, once: one %s", async (_, change) => {
    const table = await aTable(change);

    expect(await watch(table, morning)).toMatchObject({ reminders: 1 });
    expect(mailsIn(table)).toMatchObject([{ kind: "run-missed", dueAt: minutesAfter(14 * 60), noticedAt: morning }]);
    expect(await watch(table, minutesAfter(19 * 60 + day))).toMatchObject({ reminders: 0 });
  });

  it.each([
    ["not while it may be over soon", 14 * 60, 0],
    ["where no such hold lasts for so long", 13 * 60, 1],
  ])("of a run that a hold of the partner's own keeps back %s", async (_, dueAfter, reminders) => {
    const table = await aTable({ nextRunAt: minutesAfter(dueAfter) });
    await openForOne(table, partnerId, Date.parse(minutesAfter(12 * 60)));

    expect(await watch(table, morning)).toMatchObject({ reminders });
    expect(await watch(table, minutesAfter(19 * 60 + day))).toMatchObject({ reminders: 1 - reminders });
  });

  it("of a run that everybody's trouble keeps back", async () => {
    const table = await aTable({ nextRunAt: minutesAfter(14 * 60) });
    await openForAll(table, "gradient-refuses", Date.parse(minutesAfter(12 * 60)));

    expect(await watch(table, morning)).toMatchObject({ reminders: 1 });
  });

  it.each<[string, Partial<UsageExport>]>([
    ["our own key was refused", stoppedBy("vendor-key")],
    ["nobody knew whose key was refused", stoppedBy("doubted")],
    ["its key could not be read", { ...stoppedBy("not-connected"), chunks: null }],
    ["its key could not be read any more", stoppedBy("not-connected")],
  ])("of a date whose run was stopped because %s, of which there is no mail", async (_, stopped) => {
    const wants = wish(noWants, "all", { at: minutesAfter(-5), trigger: "schedule" });
    const { wants: after } = endIn(aRun(stopped), { wants });
    const table = await aTable({ wants: after });

    expect(await watch(table, morning)).toMatchObject({ reminders: 1 });
    expect(mailsIn(table)).toMatchObject([{ kind: "run-missed", dueAt: minutesAfter(-5) }]);
  });

  it("of a date that came half a day ago, although a run is said to be under way: nobody may be at it", async () => {
    const table = await aTable({ nextRunAt: minutesAfter(6 * 60), currentExportId: "a-run" });

    expect(await watch(table, morning)).toMatchObject({ reminders: 1 });
  });

  it.each<[string, Partial<Integration>]>([
    ["is under way", { nextRunAt: minutesAfter(14 * 60), currentExportId: "a-run" }],
    [
      "is paused",
      {
        nextRunAt: minutesAfter(14 * 60),
        schedule: { ...anIntegration().schedule, pausedUntil: minutesAfter(99 * day) },
      },
    ],
    ["was due a moment ago", { nextRunAt: minutesAfter(18 * 60) }],
  ])("of no run that %s", async (_, change) => {
    const table = await aTable(change);

    expect(await watch(table, morning)).toMatchObject({ reminders: 0 });
  });

  it("nothing after a disconnect", async () => {
    const table = await aTable({ state: "disconnected", token: null, mapping: unmapped });

    expect(await watch(table, morning)).toMatchObject({ reminders: 0 });
    expect(await watch(table, minutesAfter(19 * 60 + day))).toMatchObject({ reminders: 0 });
  });
});
