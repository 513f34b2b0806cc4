import type { Agreement } from "#shared/agreements/agreement";
import { UnreadableRecord } from "#shared/errors";
import { leavesOthers, tellsNothing } from "#shared/exports/ending/result-mails";
import { findExport, isOver } from "#shared/exports/usage-export";
import { gradientLinks } from "#shared/gradient/gradient-links";
import { findIntegration, type Integration } from "#shared/integrations/integration";
import { isRecipient } from "#shared/integrations/recipients";
import { logFailure } from "#shared/log-failure";
import { factsOf } from "#shared/mail/facts-of";
import { composeMail } from "#shared/mail/letters/compose-mail";
import type { RunReport } from "#shared/mail/letters/run-mails";
import type { MailFacts } from "#shared/mail/mail-facts";
import { hasSaid, isSaid, type Mailbox, nothingStaysSaid, type Saying, withNothingSaid } from "#shared/mail/mailbox";
import type { MailContent } from "#shared/mail/mailer";
import type { OwnerMail } from "#shared/mail/owner-mail";
import type { Partner } from "#shared/partners/partner";
import type { Table } from "#shared/table/table";
import { failingLines, hasBroughtSome, markOfAll, marksSaid, type SaidBefore } from "./failing-lines.ts";
import { byRun, isPast, isUndoneBy } from "./overtaken-runs.ts";

interface Dependencies {
  table: Pick<Table, "get" | "query">;
  agreement: Agreement;
  hubUrl: string;
  gradientBaseUrl: string;
}

export interface WrittenLetter {
  content: MailContent;
  /** What it tells of a run. */
  says: Saying | null;
  /** Its reader has been told that before. */
  isKnown: boolean;
  /** Nobody has asked to hear this. */
  isUnasked: boolean;
}

/** An outcome of another version is told as the one that needs a look. */
const outcomeIn = (outcome: string | null): RunReport["outcome"] => {
  switch (outcome) {
    case "succeeded":
    case "partial":
      return outcome;
    default:
      return "failed";
  }
};

/** Whose mail it is. */
interface Reader {
  integration: Integration | undefined;
  box: Mailbox;
  /** The marks of what was said last. */
  saidBefore: SaidBefore;
  /** What cannot be read of the runs. */
  unread: UnreadableRecord[];
}

interface Told {
  report: RunReport;
  /** Of a run that had all lines, and planned them. */
  isWhole: boolean;
  /** It was good, and is not told any more. */
  isUndone: boolean;
  says: Saying | null;
  isKnown: boolean;
}

/** Puts an owed mail into words. Undefined where what it was to tell of is not kept any more. */
export const writeLetter = ({ table, agreement, hubUrl, gradientBaseUrl }: Dependencies) => {
  const links = { hub: hubUrl, gradient: gradientLinks(gradientBaseUrl).application };

  const readerOf = (integration: Integration | undefined, box: Mailbox): Reader => ({
    integration,
    box,
    saidBefore: marksSaid(table, box),
    unread: [],
  });

  const reportOf = async ({ partnerId }: OwnerMail, exportId: string, reader: Reader): Promise<Told | undefined> => {
    const { integration, box, saidBefore } = reader;
    const run = await findExport(table, partnerId, exportId);
    if (!run || !isOver(run) || isPast(run, integration)) return undefined;
    const outcome = outcomeIn(run.outcome);
    const hasSucceeded = outcome === "succeeded";
    const { listed, marks, over } = hasSucceeded ? { listed: [], marks: [], over: [] } : await failingLines(table, run);
    const { trigger, finishedAt, totals, stop } = run;
    const report: RunReport = {
      outcome,
      trigger,
      finishedAt: finishedAt ?? run.createdAt,
      totals,
      failing: listed,
      more: marks.length - listed.length,
      stoppedBy: stop,
    };
    const what = {
      report,
      isWhole: run.kind === "all" && run.chunks !== null,
      isUndone: isUndoneBy(run, integration),
    };
    if (hasSucceeded && leavesOthers(run, integration)) {
      const endsIt = !tellsNothing(run) && (await hasBroughtSome(table, run, reader));
      return { ...what, says: endsIt ? nothingStaysSaid : null, isKnown: true };
    }
    if (hasSucceeded) {
      const says = { text: `${outcome} ${stop ?? ""} `, of: null, isPart: false };
      // that all is well is told once; that something has arrived, each time
      const hasBrought = totals.accepted > 0 && !tellsNothing(run);
      return { ...what, says: what.isUndone ? nothingStaysSaid : says, isKnown: !hasBrought && isSaid(box, says) };
    }
    const known = what.isWhole ? new Set<string>() : await saidBefore();
    const fresh = marks.filter((mark) => !known?.has(mark));
    // what Gradient refuses for good comes in a run of its own every few hours, and with all others on each date
    const isKnown = marks.length > 0 && fresh.length === 0;
    // what fails again after that is news
    const areSomeOver = !known || over.some((mark) => known.has(mark));
    const isPart = !what.isWhole && !areSomeOver && hasSaid(box);
    if (isKnown && isPart) return { ...what, says: null, isKnown };
    // the same lines are no news because others arrived with them, or none
    const text = `${marks.length > 0 ? "partial" : outcome} ${stop ?? ""} ${markOfAll(isPart ? fresh : marks)}`;
    const says = { text, of: isPart ? null : run.id, isPart };
    return { ...what, says, isKnown: isKnown || isSaid(box, says) };
  };

  const readReportOf = async (mail: OwnerMail, exportId: string, reader: Reader): Promise<Told | undefined> => {
    try {
      return await reportOf(mail, exportId, reader);
    } catch (error) {
      if (!(error instanceof UnreadableRecord)) throw error;
      reader.unread.push(error);
      return undefined;
    }
  };

  /**
   * The newest run of all lines is what counts, where its reader does not know of it: those of some lines that came
   * after it say nothing of its others. Else the newest that has news, as where all had arrived before it.
   */
  const newsIn = async (mail: OwnerMail, runs: MailFacts[], reader: Reader): Promise<Told | undefined> => {
    const parts: Told[] = [];
    const news = () => parts.find(({ isKnown }) => !isKnown);
    for (const [place, run] of [...runs.entries()].toReversed()) {
      const told = run.kind === "run-result" ? await readReportOf(mail, run.exportId, reader) : undefined;
      if (told?.isWhole && !told.isKnown) {
        if (told.report.outcome !== "succeeded") return told;
        // what was said before it says nothing of what has failed since
        const after = { ...readerOf(reader.integration, withNothingSaid(reader.box)), unread: reader.unread };
        const since = await newsIn(mail, runs.slice(place + 1), after);
        return since && !since.isKnown ? since : { ...told, isKnown: told.isUndone };
      }
      if (told) parts.push(told);
      if (told?.isWhole) break;
    }
    // or what its reader is taken to know from now on
    return news() ?? parts.find(({ says }) => says !== null) ?? parts[0];
  };

  return async (
    mail: OwnerMail,
    { name: partnerName, owner, timeZone }: Partner,
    box: Mailbox,
  ): Promise<WrittenLetter | undefined> => {
    const integration = await findIntegration(table, mail.partnerId);
    if (mail.recipient !== null && !isRecipient(integration, mail.recipient)) return undefined;
    const isRun = mail.facts.kind === "run-result";
    const causes = mail.further.map((each) => factsOf(mail, each));
    const first = factsOf(mail, mail.facts);
    // every other kind begins with the first of its causes
    const reader = readerOf(integration, box);
    const told = isRun ? await newsIn(mail, [first, ...causes].toSorted(byRun), reader) : undefined;
    const isBadNews = told !== undefined && !told.isKnown && told.report.outcome !== "succeeded";
    for (const error of reader.unread) {
      // it keeps no bad news of others back; with anything else it would be dropped
      if (!isBadNews) throw error;
      logFailure("a run that a mail was to tell of cannot be read", error);
    }
    const facts = (isRun ? causes.at(-1) : undefined) ?? first;
    const { name, email } = mail.recipient === null ? owner : { name: "", email: "" };
    const context = { ownerName: name, ownerEmail: email, partnerName, timeZone, links };
    const further = { causes, count: isRun ? 0 : mail.furtherCount };
    const content = composeMail(facts, context, { agreementTitle: agreement.title, run: told?.report, further });
    if (!content) return undefined;
    const asked = integration?.notifications.onSuccess ?? false;
    const isUnasked = told?.report.outcome === "succeeded" && !asked;
    return { content, says: told?.says ?? null, isKnown: told?.isKnown ?? false, isUnasked };
  };
};
