import type { FactsAbout, MailFacts } from "../mail-facts.ts";
import type { MailContent } from "../mailer.ts";
import { agreementConfirmedMail } from "./agreement-confirmed-mail.ts";
import { backToNormalMail } from "./back-to-normal-mail.ts";
import { disconnectedInGradientMail, disconnectedMail, recipientsChangedMail } from "./connection-mails.ts";
import { type Letter, nameLine, oneLine, type Part, toMailContent } from "./letter.ts";
import { type LetterContext, moment, paragraph } from "./letter-context.ts";
import { agreementRenewalMail, counted, mappingDigestMail } from "./reminder-mails.ts";
import { type RunReport, runMissedMail, runResultMail } from "./run-mails.ts";
import { tokenAgedMail, tokenReplacedMail } from "./token-mails.ts";
import { tokenRejectedMail } from "./token-rejected-mail.ts";

interface Sources {
  agreementTitle: string;
  /** What the mail about a run tells of it. */
  run: RunReport | undefined;
  /** The causes that came before the mail could go out, newest last; `count`: with those that are not listed. */
  further?: { causes: MailFacts[]; count: number };
}

/** The mail about these facts. Undefined where what it was to tell of is not there any more. */
export const composeMail = (
  facts: MailFacts,
  context: LetterContext,
  { agreementTitle, run, further = { causes: [], count: 0 } }: Sources,
): MailContent | undefined => {
  const letter = letterAbout(facts, context, { agreementTitle, run });
  if (!letter) return undefined;
  const { subject, parts } = letter;
  const name = nameLine(context.ownerName);
  const greeting = paragraph(name === "" ? "Hello," : `Hello ${name},`);
  return toMailContent({ subject, parts: [greeting, ...parts, ...furtherParts(further, context)] });
};

/** What a letter says between its greeting and the causes that came since. */
const letterAbout = (
  facts: MailFacts,
  context: LetterContext,
  { agreementTitle, run }: Omit<Sources, "further">,
): Letter | undefined => {
  switch (facts.kind) {
    case "agreement-confirmed":
      return agreementConfirmedMail(facts, context, agreementTitle);
    case "token-rejected":
      return tokenRejectedMail(facts, context);
    case "back-to-normal":
      return backToNormalMail(facts, context);
    case "token-replaced":
      return tokenReplacedMail(facts, context);
    case "token-aged":
      return tokenAgedMail(facts, context);
    case "disconnected":
      return disconnectedMail(facts, context);
    case "disconnected-in-gradient":
      return disconnectedInGradientMail(facts, context);
    case "recipients-changed":
      return recipientsChangedMail(facts, context);
    case "mapping-digest":
      return mappingDigestMail(facts, context);
    case "agreement-renewal":
      return agreementRenewalMail(facts, context);
    case "run-result":
      return run && runResultMail(run, context);
    case "run-missed":
      return runMissedMail(facts, context);
  }
};

type Moment = (at: string) => string;

/** Nothing where it is not known. */
const from = (address: string): string => (address === "" ? "" : `, from ${oneLine(address)}`);

/** A disconnect, or the end of one whose zeros Gradient did not take: nothing else tells the owner of those. */
const disconnectedLine = ({ by, disconnectedAt, left }: FactsAbout<"disconnected">, at: Moment): string =>
  left === undefined
    ? `disconnected by ${nameLine(by.name)}, ${at(disconnectedAt)}${from(by.address)}`
    : `${at(disconnectedAt)}: ${counted(left, "line")} could not be set to zero in Gradient, after ${nameLine(by.name)} had disconnected`;

const gapsLine = ({ accounts, services }: FactsAbout<"mapping-digest">): string =>
  [
    ...(accounts.unmapped > 0 ? [counted(accounts.unmapped, "customer")] : []),
    ...(services.unmapped > 0 ? [counted(services.unmapped, "service")] : []),
  ].join(" and ");

/** One further cause of the same kind, in one line. */
const lineOf = (facts: MailFacts, at: Moment): string => {
  switch (facts.kind) {
    case "agreement-confirmed":
      return `confirmed by ${nameLine(facts.confirmedByName)}, ${at(facts.confirmedAt)}${from(facts.address)}, version ${oneLine(facts.version)}`;
    case "token-rejected":
      return `${facts.isMissing ? "missing since" : "refused"} ${at(facts.rejectedAt)}`;
    case "back-to-normal":
      return `${facts.wasGone ? "seen" : "accepted"} again ${at(facts.resumedAt)}`;
    case "token-replaced":
      return `replaced by ${nameLine(facts.by.name)}, ${at(facts.replacedAt)}${from(facts.by.address)}, key ending in ${oneLine(facts.lastFour)}`;
    case "token-aged":
      return `key ending in ${oneLine(facts.lastFour)}, in use since ${at(facts.registeredAt)}`;
    case "disconnected":
      return disconnectedLine(facts, at);
    case "disconnected-in-gradient":
      return `noticed ${at(facts.noticedAt)}, organization ${nameLine(facts.organizationName)}`;
    case "recipients-changed":
      return `by ${nameLine(facts.by.name)}, ${at(facts.changedAt)}; added: ${facts.added.map(oneLine).join(", ") || "nobody"}; taken out: ${facts.removed.map(oneLine).join(", ") || "nobody"}`;
    case "mapping-digest":
      return `${at(facts.at)}: ${gapsLine(facts)} not mapped`;
    case "agreement-renewal":
      return `version ${oneLine(facts.version)}, ${facts.isOver ? "was " : ""}to be confirmed until ${at(facts.until)}${facts.isOver ? ": no usage is sent" : ""}`;
    case "run-result":
      return `run ${oneLine(facts.exportId)}, on its page in the hub`;
    case "run-missed":
      return `was due ${at(facts.dueAt)}`;
  }
};

const furtherParts = ({ causes, count }: { causes: MailFacts[]; count: number }, context: LetterContext): Part[] => {
  if (count === 0) return [];
  const unlisted = count - causes.length;
  return [
    { kind: "heading", text: "Since then" },
    {
      kind: "list",
      items: [
        ...(unlisted > 0 ? [`${counted(unlisted, "time")} more, all in the integration's history in the hub`] : []),
        ...causes.map((each) => lineOf(each, (at) => moment(context, at))),
      ],
    },
  ];
};
