import { type Consent, consentOf } from "#shared/agreements/consent";
import { ladders } from "#shared/breakers/state/ladders";
import { obstacles } from "#shared/breakers/state/obstacle";
import type { Gap } from "#shared/customers/coverage";
import { findCoverage } from "#shared/customers/kept-coverage";
import { findIntegration, type Integration, maySend } from "#shared/integrations/integration";
import { isWanted } from "#shared/integrations/record/wants";
import type { Gaps, MailFacts } from "#shared/mail/mail-facts";
import { oweMail } from "#shared/mail/owe-mail";
import { findReminders, type Reminders, remindersDue, remindersWrite, withNextMorning } from "#shared/mail/reminders";
import { findPartner } from "#shared/partners/partner";
import { isPaused } from "#shared/schedules/schedule";
import { dayMs, hourMs } from "#shared/schedules/zoned-time";
import type { Changing } from "#shared/table/changing";
import { handleDue } from "#shared/table/due-items";
import { retryOnConflict } from "#shared/table/table";

interface Dependencies extends Changing {
  /** So many days after it was registered a key is to be replaced. */
  tokenPolicyDays: number;
}

interface Reminder {
  /** Names the cause: the same is told once. */
  cause: string;
  facts: MailFacts;
}

// a run of the night is over by then, the longest of all included
const lateAfterMs = 2 * hourMs;
// Where Gradient refuses a line for good, its partner is held after each try, and a date may fall into that: it is on
// the page, and the owner has been told of the line.
const longestHoldMs = Math.max(...ladders.refused.waitsMs);
// nobody is at a run that has been under way for so long, or it would have been closed
const lostAfterMs = 12 * hourMs;

const digestCause = "mapping ";
// as many as a person reads
const namedAtMost = 10;
// of years: a run that did not happen each week, a key each month
const toldAtMost = 100;

/**
 * What is not told again. A cause stays for good, though one morning does not show it, a suspended partner's for
 * instance; but for the digest's, whose numbers come again with other gaps.
 */
const toldBy = (before: Reminders, found: Reminder[]): string[] => {
  const earlier = before.told.filter((cause) => !cause.startsWith(digestCause));
  return [...new Set([...found.map(({ cause }) => cause), ...earlier])].slice(0, toldAtMost);
};

const digestOf = ({ mapping, state }: Integration, at: string): Reminder[] => {
  const [accounts, services] = [mapping.accounts, mapping.services].map(({ total, mapped, unknown }) => ({
    // of what nobody could look at yet nothing is told
    unmapped: Math.max(0, total - mapped - unknown),
    names: [],
  }));
  // before it has mapped anything a partner is at it, and sees the wizard
  if (state !== "active" || mapping.lastCheckedAt === null || !accounts || !services) return [];
  if (accounts.unmapped + services.unmapped === 0) return [];
  const cause = `${digestCause}${accounts.unmapped} ${services.unmapped}`;
  return [{ cause, facts: { kind: "mapping-digest", at, accounts, services } }];
};

const namedGaps = ({ unmapped }: Gaps, gaps: Gap[]): Gaps => {
  const known = gaps.filter(({ isKnown }) => isKnown);
  const first = known.slice(0, Math.min(namedAtMost, unmapped));
  return {
    unmapped,
    names: first.map(({ name }) => name),
    units: first.map(({ unbilledUnits }) => unbilledUnits),
  };
};

const agedToken = ({ token, state }: Integration, policyDays: number, at: string): Reminder[] => {
  if (!token || state === "suspended") return [];
  const days = Math.floor((Date.parse(at) - Date.parse(token.registeredAt)) / dayMs);
  if (days < policyDays) return [];
  // once a month, for as long as it is used
  const round = Math.floor((days - policyDays) / 30);
  const { registeredAt, lastFour, versionId } = token;
  return [
    { cause: `token ${versionId} ${round}`, facts: { kind: "token-aged", registeredAt, days, policyDays, lastFour } },
  ];
};

const missedRun = (value: Integration, at: string, heldForMs: number): Reminder[] => {
  const { wants, nextRunAt, schedule, currentExportId } = value;
  if (!maySend(value) || isPaused(schedule, at)) return [];
  const { all } = wants;
  const waited = isWanted(all) && all.trigger === "schedule" ? all.since : null;
  const dueAt = [waited, nextRunAt].filter((moment) => moment !== null).sort()[0];
  const patienceMs = currentExportId === null ? lateAfterMs + heldForMs : lostAfterMs;
  if (dueAt === undefined || Date.parse(dueAt) + patienceMs > Date.parse(at)) return [];
  return [{ cause: `run ${dueAt}`, facts: { kind: "run-missed", dueAt, noticedAt: at } }];
};

const renewal = (consent: Consent, at: string): Reminder[] => {
  if (consent.state !== "renewal-due" && consent.state !== "expired") return [];
  const { version, until, state } = consent;
  const isOver = state === "expired";
  return [{ cause: `agreement ${version} ${state}`, facts: { kind: "agreement-renewal", at, version, until, isOver } }];
};

/** Every morning at eight, by each partner's own clock: tells the owner of what needs a person, each cause once. */
export const oweReminders =
  ({ table, now, newId, tokenPolicyDays }: Dependencies) =>
  async ({ hasTime }: { hasTime: () => boolean }): Promise<number> => {
    const time = now();
    const at = time.toISOString();
    let count = 0;

    /** For how long a hold of the partner's own may have kept back what was due. */
    const holdMs = async (value: Integration): Promise<number> => {
      if (missedRun(value, at, 0).length === 0) return 0;
      const obstacle = await obstacles(table)(value.partnerId, value.token?.versionId);
      return obstacle?.scope === "partner" ? longestHoldMs : 0;
    };

    const causes = (value: Integration, heldForMs: number): Reminder[] =>
      value.state === "disconnected"
        ? []
        : [
            ...digestOf(value, at),
            ...agedToken(value, tokenPolicyDays, at),
            ...missedRun(value, at, heldForMs),
            ...renewal(consentOf(value.agreement, time), at),
          ];

    /** Names the gaps as the last look has found them, where it has kept them. */
    const named = async (facts: MailFacts, { partnerId, mapping }: Integration): Promise<MailFacts> => {
      if (facts.kind !== "mapping-digest") return facts;
      const coverage = await findCoverage(table, partnerId);
      if (!coverage || coverage.at !== mapping.lastCheckedAt) return facts;
      const { accounts, services } = coverage.unmapped;
      return {
        ...facts,
        accounts: namedGaps(facts.accounts, accounts),
        services: namedGaps(facts.services, services),
      };
    };

    const remind = async (partnerId: string, before: Reminders): Promise<void> => {
      const integration = await findIntegration(table, partnerId);
      const timeZone = (await findPartner(table, partnerId))?.timeZone ?? "UTC";
      const found = integration ? causes(integration, await holdMs(integration)) : [];
      const news = found.filter(({ cause }) => !before.told.includes(cause));
      const fresh = integration ? await Promise.all(news.map(({ facts }) => named(facts, integration))) : [];
      const isOver = !integration || integration.state === "disconnected";
      const after = { ...before, told: toldBy(before, found) };
      await table.transact([
        remindersWrite(isOver ? { ...after, nextAt: null } : withNextMorning(after, timeZone, time)),
        ...fresh.flatMap((facts) => oweMail({ partnerId, mailId: `${facts.kind}-${newId()}`, facts }, { at, newId })),
      ]);
      count += fresh.length;
    };

    await handleDue({ table, ...remindersDue, until: time, hasTime }, (key) =>
      retryOnConflict(async () => {
        const before = await findReminders(table, key);
        if (before?.nextAt && before.nextAt <= at) await remind(before.partnerId, before);
      }),
    );
    return count;
  };
