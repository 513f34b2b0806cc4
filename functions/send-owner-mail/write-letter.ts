import { hash } from "node:crypto";
import type { Agreement } from "#shared/agreements/agreement";
import { receiptsOf } from "#shared/exports/chunk";
import type { Receipt } from "#shared/exports/line";
import { findExport, isOver } from "#shared/exports/usage-export";
import { gradientLinks } from "#shared/gradient/gradient-links";
import { findIntegration } from "#shared/integrations/integration";
import { isRecipient } from "#shared/integrations/recipients";
import { factsOf } from "#shared/mail/facts-of";
import { composeMail } from "#shared/mail/letters/compose-mail";
import type { RunReport } from "#shared/mail/letters/run-mails";
import type { MailContent } from "#shared/mail/mailer";
import type { OwnerMail } from "#shared/mail/owner-mail";
import type { Partner } from "#shared/partners/partner";
import type { Table } from "#shared/table/table";

interface Dependencies {
  table: Pick<Table, "get" | "query">;
  agreement: Agreement;
  hubUrl: string;
  gradientBaseUrl: string;
}

export interface WrittenLetter {
  content: MailContent;
  /** What it tells of a run, in few characters: the same as before need not be told again. */
  says: string | null;
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

// as many as a person reads
const listedLines = 10;
const failing = new Set<string>(["rejected", "deferred"]);

/** The lines of a run that did not reach Gradient: the first of them, how many, and all of them as one mark. */
const failingLines = async (table: Pick<Table, "query">, run: Parameters<typeof receiptsOf>[1]) => {
  const listed: Receipt[] = [];
  const marks: string[] = [];
  for await (const receipts of receiptsOf(table, run)) {
    for (const receipt of receipts.filter(({ outcome }) => failing.has(outcome))) {
      if (listed.length < listedLines) listed.push(receipt);
      marks.push(hash("sha256", JSON.stringify([receipt.customerId, receipt.serviceId, receipt.outcome]), "base64url"));
    }
  }
  // runs send the same lines in another order
  return { listed, count: marks.length, mark: hash("sha256", marks.sort().join()).slice(0, 24) };
};

/** Puts an owed mail into words. Undefined where what it was to tell of is not kept any more. */
export const writeLetter = ({ table, agreement, hubUrl, gradientBaseUrl }: Dependencies) => {
  const links = { hub: hubUrl, gradient: gradientLinks(gradientBaseUrl).application };

  const reportOf = async (partnerId: string, exportId: string): Promise<(RunReport & { says: string }) | undefined> => {
    const run = await findExport(table, partnerId, exportId);
    if (!run || !isOver(run)) return undefined;
    const outcome = outcomeIn(run.outcome);
    const { listed, count, mark } =
      outcome === "succeeded" ? { listed: [], count: 0, mark: "" } : await failingLines(table, run);
    const { trigger, finishedAt, totals, stop } = run;
    return {
      outcome,
      trigger,
      finishedAt: finishedAt ?? run.createdAt,
      totals,
      failing: listed,
      more: count - listed.length,
      stoppedBy: stop,
      // the same lines are no news because others arrived with them, or none
      says: `${count > 0 ? "partial" : outcome} ${stop ?? ""} ${mark}`,
    };
  };

  return async (
    mail: OwnerMail,
    { name: partnerName, owner, timeZone }: Partner,
  ): Promise<WrittenLetter | undefined> => {
    const integration = await findIntegration(table, mail.partnerId);
    if (mail.recipient !== null && !isRecipient(integration, mail.recipient)) return undefined;
    // the newest of several runs is what counts; every other kind begins with the first of its causes
    const isRun = mail.facts.kind === "run-result";
    const facts = factsOf(mail, (isRun ? mail.further.at(-1) : undefined) ?? mail.facts);
    const reader = mail.recipient === null ? owner : { name: "", email: "" };
    const context = { ownerName: reader.name, ownerEmail: reader.email, partnerName, timeZone, links };
    const causes = mail.further.map((each) => factsOf(mail, each));
    const run = facts.kind === "run-result" ? await reportOf(mail.partnerId, facts.exportId) : undefined;
    const further = { causes, count: isRun ? 0 : mail.furtherCount };
    const content = composeMail(facts, context, { agreementTitle: agreement.title, run, further });
    if (!content) return undefined;
    const asked = integration?.notifications.onSuccess ?? false;
    return { content, says: run?.says ?? null, isUnasked: run?.outcome === "succeeded" && !asked };
  };
};
